// What our requests are held against: the vendors' own types of their
// requests, most of them generated from their OpenAPI documents. Filled in by
// requests.rs: each name of Checked, once, with the body that we send.
import type { ApiMethods } from "@grammyjs/types";
import type { messagingApi } from "@line/bot-sdk";
import type { ChatPostMessageArguments } from "@slack/web-api";
import type { MessageCreateRequest } from "discord-api-spec";
import type { Intercom } from "intercom-client";
import type ChatwootClient from "@figuro/chatwoot-sdk";
import type { conversation_message_create } from "@figuro/chatwoot-sdk";
import type { Endpoints } from "misskey-js";
import type { AppBskyFeedPost, ComAtprotoRepoCreateRecord } from "@atproto/api";
import type { operations as GitHub } from "@octokit/openapi-types";
import type { UpdateAnIssueData } from "@sentry/api";
import type { Post } from "@mattermost/types/posts";
import type { Activity } from "botframework-schema";
import type { mastodon } from "masto";
import type { CreateComment } from "lemmy-js-client";
import type { youtube_v3 } from "@googleapis/youtube";
import type { androidpublisher_v3 } from "@googleapis/androidpublisher";
import type { SendTweetV2Params, TwitterApiv2 } from "twitter-api-v2";
import type { MessageListInstanceCreateOptions } from "twilio/lib/rest/api/v2010/account/message";
import type Discourse from "discourse2";
import type { Tickets } from "node-zendesk";
import type {
  CloudAPIMarkMessageReadRequest, CloudAPIMessageRequestWithContext, CloudAPISendTextMessageRequest,
} from "@whatsapp-cloudapi/types/cloudapi";
import type { MessengerTypes } from "messaging-api-messenger";

type Toggle = Parameters<ChatwootClient["conversations"]["toggleStatus"]>[0]["data"];
type Manage = Intercom.ConversationsManageRequestBody;
// What of an activity has to be there differs by its direction; its names do not.
type Partly<T> = T extends Date ? string : T extends object ? { [K in keyof T]?: Partly<T[K]> } : T;
type Created = Omit<ComAtprotoRepoCreateRecord.InputSchema, "record"> & { record: AppBskyFeedPost.Record };

// Some clients rename what goes over the wire; this is how it is named there.
type Snake<S extends string> = S extends `${infer C}${infer Rest}`
  ? C extends Lowercase<C> ? `${C}${Snake<Rest>}` : `_${Lowercase<C>}${Snake<Rest>}` : S;
type Snaked<T> = T extends object ? { [K in keyof T as K extends string ? Snake<K> : K]: T[K] } : T;
type Pascal<T> = { [K in keyof T as K extends string ? Capitalize<K> : K]: T[K] };
type Posted = Parameters<Discourse["createTopicPostPM"]>[0];
type Sent = { recipient: MessengerTypes.RecipientWithID };
type Message = Parameters<TwitterApiv2["sendDmToParticipant"]>[1];

export interface Checked {
  "telegram reply": Parameters<ApiMethods<never>["sendMessage"]>[0];
  "telegram typing": Parameters<ApiMethods<never>["sendChatAction"]>[0];
  "telegram-webhook reply": Parameters<ApiMethods<never>["sendMessage"]>[0];
  "telegram-webhook typing": Parameters<ApiMethods<never>["sendChatAction"]>[0];
  "line reply": messagingApi.PushMessageRequest | messagingApi.ReplyMessageRequest;
  "slack reply": ChatPostMessageArguments;
  "discord reply": MessageCreateRequest;
  "discord-interactions reply": MessageCreateRequest;
  "intercom reply": Intercom.ReplyConversationRequest;
  "intercom take_over": Manage;
  "intercom hand_back": Manage;
  "intercom resolve": Manage;
  "chatwoot reply": conversation_message_create;
  "chatwoot take_over": Toggle;
  "chatwoot hand_back": Toggle;
  "chatwoot resolve": Toggle;
  "misskey reply": Endpoints["notes/create"]["req"] & { i: string };
  "bluesky reply": Created;
  "github reply": GitHub["issues/create-comment"]["requestBody"]["content"]["application/json"];
  "sentry resolve": UpdateAnIssueData["body"];
  "sentry silence": UpdateAnIssueData["body"];
  "sentry end_silence": UpdateAnIssueData["body"];
  "mattermost reply": Partial<Post>;
  "mattermost-websocket reply": Partial<Post>;
  "teams reply": Partly<Activity>;
  "teams typing": Partly<Activity>;
  "mastodon reply": Snaked<mastodon.rest.v1.CreateStatusParams>;
  "mastodon-sse reply": Snaked<mastodon.rest.v1.CreateStatusParams>;
  "lemmy reply": CreateComment;
  "youtube reply": youtube_v3.Schema$Comment;
  "google-play reply": androidpublisher_v3.Schema$ReviewsReplyRequest;
  "x-stream reply": SendTweetV2Params;
  "x-activity reply": SendTweetV2Params | Message;
  "twilio reply": Pascal<MessageListInstanceCreateOptions>;
  "discourse reply": Posted;
  "discourse-webhook reply": Posted;
  "zendesk reply": Tickets.UpdatePayload;
  "zendesk resolve": Tickets.UpdatePayload;
  "whatsapp reply": CloudAPISendTextMessageRequest & Pick<CloudAPIMessageRequestWithContext, "context">;
  "whatsapp mark_read": CloudAPIMarkMessageReadRequest;
  "whatsapp typing": CloudAPIMarkMessageReadRequest;
  "messenger reply": Sent & Snaked<MessengerTypes.SendOption> & { message: MessengerTypes.TextMessage };
  "messenger typing": Sent & { sender_action: MessengerTypes.SenderAction };
  "messenger mark_read": Sent & { sender_action: MessengerTypes.SenderAction };
}
