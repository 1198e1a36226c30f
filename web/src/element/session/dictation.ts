/** Writing by voice: records, has the server write down what was said, and adds that to the draft. */
import type { ProtocolClient } from "../protocol/client";
import { RequestError } from "../protocol/errors";
import { isObject, text } from "../protocol/json";
import type { Drafts } from "./draft";
import type { Host } from "./host";

export interface DictationState {
  phase: "idle" | "starting" | "recording" | "transcribing";
  /** What went wrong last, until the next attempt. */
  problem?: { reason: "blocked" | "failed"; sentence?: string };
}

const IDLE: DictationState = { phase: "idle" };
/** The forms that ChatKit servers know, the best first. */
const FORMS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
/** Milliseconds after which a recording ends by itself: who has walked away is not recorded for hours. */
const LONGEST = 5 * 60_000;
/** Speech needs no more; it keeps the request small. */
const BITS_PER_SECOND = 32_000;

interface Recording {
  recorder: MediaRecorder;
  stream: MediaStream;
  chunks: Blob[];
  threadId: string | null;
  timer: ReturnType<typeof setTimeout>;
}

export class Dictation {
  state: DictationState = IDLE;
  readonly #host: Host;
  readonly #client: ProtocolClient;
  readonly #drafts: Drafts;
  #recording: Recording | null = null;
  #attempt = 0;

  constructor(host: Host, client: ProtocolClient, drafts: Drafts) {
    this.#host = host;
    this.#client = client;
    this.#drafts = drafts;
  }

  /** Where the browser has no microphone, or the page no permission to ask for one, nothing is offered. */
  get available(): boolean {
    const { dictation } = this.#host.options.composer ?? {};
    return dictation?.enabled === true && "MediaRecorder" in globalThis && !!navigator.mediaDevices;
  }

  async start(threadId: string | null): Promise<void> {
    if (this.state.phase !== "idle") return;
    this.#attempt += 1;
    const attempt = this.#attempt;
    this.#set({ phase: "starting" });
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      // Meanwhile it was called off.
      if (attempt !== this.#attempt) return release(stream);
      this.#record(stream, threadId);
    } catch (error) {
      if (attempt === this.#attempt) this.#fail("blocked", error);
    }
  }

  /** Ends the recording and adds what was said to the draft. */
  finish(): void {
    this.#recording?.recorder.stop();
  }

  /** Forgets what was said. */
  cancel(): void {
    this.#attempt += 1;
    const recording = this.#recording;
    this.#recording = null;
    if (recording) end(recording);
    this.#set(IDLE);
  }

  dismiss(): void {
    if (this.state.phase === "idle") this.#set(IDLE);
  }

  #record(stream: MediaStream, threadId: string | null): void {
    const mimeType = FORMS.find((form) => MediaRecorder.isTypeSupported(form));
    const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS_PER_SECOND });
    const timer = setTimeout(() => this.finish(), LONGEST);
    const recording: Recording = { recorder, stream, chunks: [], threadId, timer };
    recorder.addEventListener("dataavailable", ({ data }) => recording.chunks.push(data));
    recorder.addEventListener("stop", () => void this.#ended(recording));
    this.#recording = recording;
    recorder.start();
    this.#set({ phase: "recording" });
  }

  async #ended(recording: Recording): Promise<void> {
    end(recording);
    if (recording !== this.#recording) return;
    this.#recording = null;
    const attempt = this.#attempt;
    this.#set({ phase: "transcribing" });
    try {
      const said = await this.#transcribe(recording);
      if (attempt !== this.#attempt) return;
      this.#add(recording.threadId, said);
      this.#set(IDLE);
    } catch (error) {
      if (attempt === this.#attempt) this.#fail("failed", error);
    }
  }

  async #transcribe({ chunks, recorder }: Recording): Promise<string> {
    const mime_type = recorder.mimeType;
    const audio_base64 = await base64(new Blob(chunks, { type: mime_type }));
    const answer = await this.#client.json({ type: "input.transcribe", params: { audio_base64, mime_type } });
    return (isObject(answer) ? text(answer.text) : undefined)?.trim() ?? "";
  }

  #add(threadId: string | null, said: string): void {
    if (!said) return;
    const before = this.#drafts.of(threadId).text;
    const gap = before === "" || /\s$/.test(before) ? "" : " ";
    this.#drafts.change(threadId, { text: before + gap + said });
  }

  #fail(reason: "blocked" | "failed", error: unknown): void {
    this.#host.report(error);
    const sentence = error instanceof RequestError ? error.sentence : undefined;
    this.#set({ phase: "idle", problem: { reason, sentence } });
  }

  #set(state: DictationState): void {
    this.state = state;
    this.#host.changed();
  }
}

function end({ recorder, stream, timer }: Recording): void {
  clearTimeout(timer);
  if (recorder.state !== "inactive") recorder.stop();
  release(stream);
}

/** The browser shows as long as this was not done that it listens. */
function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

async function base64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary);
}
