import assert from "node:assert/strict";
import { test } from "node:test";
import { v1 } from "@confab/protocol";
import { TestClient } from "../support/client.ts";
import { search } from "../support/messages.ts";
import { register } from "../support/people.ts";
import { makeRoom } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";

const { sendMessage } = v1.ChatService.method;

/** Sixty words in twenty scripts: a text, and a query as someone else would type it. No query fits another text. */
const words: readonly (readonly [script: string, text: string, query: string])[] = [
  ["Latin", "Die Straße ist lang", "STRASSE"],
  ["Latin", "Jutro jadę do Łodzi", "lodzi"],
  ["Latin", "Đường này đông lắm", "duong"],
  ["Latin", "Une crème brûlée", "creme BRULEE"],
  ["Latin", "Köszönöm szépen", "koszonom"],
  ["Latin", "Smørrebrød til alle", "smorrebrod"],
  ["Latin", "İyi günler", "iyi gunler"],
  ["Latin", "Ísland er æðislegt", "aedislegt"],
  ["Latin", "ｆｕｌｌｗｉｄｔｈ letters", "fullwidth"],
  ["Latin", "the ﬁnal oﬃce", "final office"],
  ["Greek", "Η Ελλάδα το καλοκαίρι", "ΕΛΛΑΔΑ"],
  ["Greek", "ο σοφός δάσκαλος", "ΣΟΦΟΣ"],
  ["Greek", "Καλημέρα σας", "καλημερα"],
  ["Cyrillic", "Нарядная Ёлка", "елка"],
  ["Cyrillic", "ПРИВЕТ всем", "привет"],
  ["Cyrillic", "Україна і Київ", "київ"],
  ["Cyrillic", "Мой дом", "мой"],
  ["Hebrew", "שָׁלוֹם לכולם", "שלום"],
  ["Hebrew", "תודה רבה", "תוֹדָה"],
  ["Hebrew", "בוקר טוב", "בוקר"],
  ["Arabic", "كتب مُحَمَّد رسالة", "محمد"],
  ["Arabic", "الســـلام عليكم", "السلام"],
  ["Arabic", "أهلا وسهلا", "اهلا"],
  ["Arabic", "خوش آمدید", "آمدید"],
  ["Armenian", "Բարեւ ձեզ", "բարեւ"],
  ["Armenian", "Շնորհակալություն", "շնորհակալություն"],
  ["Georgian", "გამარჯობა მეგობარო", "გამარჯობა"],
  ["Georgian", "დიდი მადლობა", "მადლ"],
  ["Devanagari", "नमस्ते दुनिया", "नमस्ते"],
  ["Devanagari", "आप कैसे हैं", "कैसे"],
  ["Devanagari", "धन्यवाद मित्र", "धन्यवाद"],
  ["Bengali", "আমার সোনার বাংলা", "বাংলা"],
  ["Bengali", "শুভ সকাল", "সকাল"],
  ["Tamil", "தமிழ் மொழி", "தமிழ்"],
  ["Tamil", "நன்றி நண்பா", "நன்றி"],
  ["Telugu", "తెలుగు భాష", "తెలుగు"],
  ["Kannada", "ಕನ್ನಡ ನಾಡು", "ಕನ್ನಡ"],
  ["Sinhala", "ආයුබෝවන් මිත්‍රයා", "ආයුබෝවන්"],
  ["Thai", "สวัสดีครับเพื่อน", "เพื่อน"],
  ["Thai", "กรุงเทพมหานคร", "มหานคร"],
  ["Thai", "ขอบคุณมาก", "คุณ"],
  ["Lao", "ສະບາຍດີຕອນເຊົ້າ", "ຕອນ"],
  ["Khmer", "ភ្នំពេញស្អាត", "ពេញ"],
  ["Myanmar", "မင်္ဂလာပါခင်ဗျာ", "ခင်ဗျာ"],
  ["Hangul", "서울에서 만나요", "서울"],
  ["Hangul", "안녕하세요 여러분", "하세요"],
  ["Hangul", "대한민국", "민국"],
  ["Han", "我在上海工作", "上海"],
  ["Han", "今天天氣很好", "天氣"],
  ["Han", "北京欢迎你", "欢"],
  ["Han", "我的iPhone手机坏了", "iphone手机"],
  ["Kana", "ﾃｽﾄのお知らせ", "テスト"],
  ["Kana", "コンピューターが動かない", "ピューター"],
  ["Kana", "ありがとうございます", "ありがとう"],
  ["Kana", "東京タワーに行きたい", "タワー"],
  ["Amharic", "ሰላም ለዓለም", "ሰላም"],
  ["Emoji", "nice work 👍🏽", "👍"],
  ["Emoji", "with ❤️ from here", "❤"],
  ["Emoji", "vive la 🇫🇷", "🇫🇷"],
  ["Latin", "call me at 555-0199", "555-0199"],
];

for (const runtime of runtimes) {
  test(`each of ${words.length} words in many scripts is found, and nothing else is, on ${runtime}`, async () => {
    assert.ok(new Set(words.map(([script]) => script)).size >= 20);
    await using server = await startServerProcess({ runtime });
    using client = new TestClient(server.address);
    const ada = await register(client, "ada");
    const { id: roomId } = await makeRoom(client, ada);
    for (const [, text] of words) await client.unary(sendMessage, { roomId, text }, ada);
    for (const [script, text, query] of words) {
      const found = await search(client, ada, { query, roomIds: [roomId], pageSize: 100 });
      assert.deepEqual(
        found.map((message) => message.text),
        [text],
        `${script}: ${query}`,
      );
    }
  });
}
