export * from "./gen/confab/v1/admin_pb.ts";
export * from "./gen/confab/v1/auth_pb.ts";
export * from "./gen/confab/v1/chat_pb.ts";
export * from "./gen/confab/v1/message_pb.ts";
export * from "./gen/confab/v1/room_pb.ts";
export * from "./gen/confab/v1/user_pb.ts";
