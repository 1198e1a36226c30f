/** The files that the reader adds to a draft: taken in, uploaded, tried again, removed. */
import type { Attachment } from "@openai/chatkit";
import { RequestError } from "../protocol/errors";
import type { Uploader } from "../protocol/uploader";
import type { Drafts } from "./draft";
import { type FileRefusal, refusal } from "./file-limits";
import type { Host } from "./host";

/** A file in the composer. With an `attachment` it is ready to be sent. */
export interface DraftFile {
  key: string;
  name: string;
  isImage: boolean;
  /** The address of a picture of it. */
  preview?: string;
  /** Share that has been sent; absent where that cannot be known. */
  progress?: number;
  attachment?: Attachment;
  /** It could not be uploaded; `sentence` is the server's reason, if it gave one. */
  failed?: { sentence?: string };
}

interface Underway {
  file: File;
  ending: AbortController;
  preview?: string;
}

export class Uploads {
  readonly #host: Host;
  readonly #uploader: Uploader;
  readonly #drafts: Drafts;
  readonly #underway = new Map<string, Underway>();
  #count = 0;

  constructor(host: Host, uploader: Uploader, drafts: Drafts) {
    this.#host = host;
    this.#uploader = uploader;
    this.#drafts = drafts;
  }

  get enabled(): boolean {
    return this.#host.options.composer?.attachments?.enabled === true;
  }

  /** Adds files to a thread's draft and begins to upload those that the options let in. Returns the others. */
  add(threadId: string | null, files: Iterable<File>): FileRefusal[] {
    const option = this.#host.options.composer?.attachments ?? { enabled: true };
    const refused: FileRefusal[] = [];
    for (const file of files) {
      const reason = refusal(file, this.#drafts.of(threadId).files.length, option);
      if (reason) refused.push(reason);
      else this.#begin(threadId, file);
    }
    this.#drafts.change(threadId, { refused });
    return refused;
  }

  /** What was uploaded is given back to the server, which has no other use for it. */
  remove(threadId: string | null, key: string): void {
    const file = this.#drafts.of(threadId).files.find((one) => one.key === key);
    this.#drafts.change(threadId, {
      files: this.#drafts.of(threadId).files.filter((one) => one.key !== key),
      refused: [],
    });
    const underway = this.#forget(key);
    if (underway && file?.attachment) void this.#delete(file.attachment.id);
  }

  retry(threadId: string | null, key: string): void {
    const underway = this.#underway.get(key);
    if (!underway) return;
    this.#change(threadId, key, { failed: undefined, progress: undefined });
    void this.#upload(threadId, key, underway);
  }

  /** They belong to a message now. */
  sent(files: readonly DraftFile[]): void {
    for (const { key } of files) this.#forget(key);
  }

  #begin(threadId: string | null, file: File): void {
    this.#count += 1;
    const key = `file-${this.#count}`;
    const isImage = file.type.startsWith("image/");
    const preview = isImage ? URL.createObjectURL(file) : undefined;
    const underway = { file, ending: new AbortController(), preview };
    this.#underway.set(key, underway);
    const files = [...this.#drafts.of(threadId).files, { key, name: file.name, isImage, preview }];
    this.#drafts.change(threadId, { files });
    void this.#upload(threadId, key, underway);
  }

  async #upload(threadId: string | null, key: string, { file, ending }: Underway): Promise<void> {
    try {
      const attachment = await this.#uploader.upload(file, ending.signal, (progress) =>
        this.#change(threadId, key, { progress }),
      );
      if (ending.signal.aborted) void this.#delete(attachment.id);
      else this.#change(threadId, key, { attachment, progress: 1 });
    } catch (error) {
      if (ending.signal.aborted) return;
      this.#host.report(error);
      const sentence = error instanceof RequestError ? error.sentence : undefined;
      this.#change(threadId, key, { failed: { sentence } });
    }
  }

  async #delete(id: string): Promise<void> {
    await this.#uploader.delete(id).catch((error: unknown) => this.#host.report(error));
  }

  #change(threadId: string | null, key: string, part: Partial<DraftFile>): void {
    const { files } = this.#drafts.of(threadId);
    if (!files.some((file) => file.key === key)) return;
    this.#drafts.change(threadId, {
      files: files.map((file) => (file.key === key ? { ...file, ...part } : file)),
    });
  }

  #forget(key: string): Underway | undefined {
    const underway = this.#underway.get(key);
    if (!underway) return undefined;
    this.#underway.delete(key);
    underway.ending.abort();
    const { preview } = underway;
    // The message that is being sent may still show it.
    if (preview) setTimeout(() => URL.revokeObjectURL(preview), PREVIEW_KEPT);
    return underway;
  }
}

const PREVIEW_KEPT = 60_000;

/** An attachment that is on the server already, as a file of a draft. */
export function uploaded(attachment: Attachment): DraftFile {
  const isImage = attachment.type === "image";
  return {
    key: `attachment-${attachment.id}`,
    name: attachment.name,
    isImage,
    preview: isImage ? attachment.preview_url : undefined,
    attachment,
  };
}
