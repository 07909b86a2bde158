export * from "./gen/chat_pb.ts";
export * from "./gen/user_pb.ts";
