/** Brings a file to the server in the way that `api.uploadStrategy` names, and takes it back. */
import type { Attachment } from "@openai/chatkit";
import { type ProtocolClient, refusal } from "./client";
import { RequestError } from "./errors";
import { isObject, type JsonObject, text } from "./json";
import { parseAttachment } from "./parse-item";
import type { Transport, Upload } from "./transport";

export class Uploader {
  readonly #client: ProtocolClient;
  readonly #transport: Transport;

  constructor(client: ProtocolClient, transport: Transport) {
    this.#client = client;
    this.#transport = transport;
  }

  /** Rejects with RequestError or ConnectionError, and with the signal's reason on abort. */
  async upload(file: File, signal: AbortSignal, onProgress: (share: number) => void): Promise<Attachment> {
    const address = this.#transport.directUpload;
    const announced = address === null ? await this.#announce(file) : {};
    signal.throwIfAborted();
    const upload = {
      ...(address === null ? descriptor(announced) : { url: address, method: "POST" }),
      signal,
      onProgress,
    };
    const answer = await this.#send(file, { headers: {}, ...upload });
    const attachment = parseAttachment({ ...announced, ...answer });
    if (!attachment) throw new RequestError(200, undefined, "upload");
    return attachment;
  }

  async delete(attachment_id: string): Promise<void> {
    await this.#client.json({ type: "attachments.delete", params: { attachment_id } });
  }

  async #announce(file: File): Promise<JsonObject> {
    const params = { name: file.name, size: file.size, mime_type: file.type || "application/octet-stream" };
    const answer = await this.#client.json({ type: "attachments.create", params });
    return isObject(answer) ? answer : {};
  }

  async #send(file: File, upload: Omit<Upload, "body">): Promise<JsonObject> {
    const response = await this.#transport.upload({ ...upload, body: bodyFor(file, upload) });
    if (!response.ok) throw await refusal(response, "upload");
    const answer: unknown = await response.json().catch(() => null);
    return isObject(answer) ? answer : {};
  }
}

/** Object storage takes the bytes as they are by PUT; everything else is a form. */
function bodyFor(file: File, { method }: Pick<Upload, "method">): BodyInit {
  if (method === "PUT") return file;
  const form = new FormData();
  form.append("file", file, file.name);
  return form;
}

function descriptor(announced: JsonObject): { url: string; method: string; headers: Record<string, string> } {
  const found = isObject(announced.upload_descriptor) ? announced.upload_descriptor : {};
  const url = text(found.url);
  if (!url) throw new RequestError(200, undefined, "attachments.create");
  const headers = isObject(found.headers) ? Object.entries(found.headers) : [];
  return {
    url,
    method: text(found.method)?.toUpperCase() === "PUT" ? "PUT" : "POST",
    headers: Object.fromEntries(
      headers.filter((pair): pair is [string, string] => typeof pair[1] === "string"),
    ),
  };
}
