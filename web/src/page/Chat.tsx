/** The chat itself: the real `@openai/chatkit-react`, set up as an application would do it. */
import { ChatKit, useChatKit } from "@openai/chatkit-react";
import { useEffect, useRef, useState } from "react";
import { chatkitFetch } from "../fetch/chatkit-fetch";
import { runClientTool } from "./client-tools";
import type { ColorScheme } from "./color-scheme";
import type { PageConfig } from "./config";
import { DEMO_ENTITIES, DEMO_PROMPTS } from "./demo";
import { type ElementOrigin, fallBack, READY_WITHIN, watchForRemoval } from "./element-script";
import { rememberThread, threadInAddress } from "./open-thread";
import { chatTheme, PROMPTS } from "./presentation";

/** Milliseconds after which an answer that is followed after a reload is seen to have grown. */
const UPDATE_EVERY = 1500;

interface Props {
  config: PageConfig;
  origin: ElementOrigin;
  scheme: ColorScheme;
}

export function Chat({ config, origin, scheme }: Props) {
  const [initialThread] = useState(threadInAddress);
  const isDemo = config.model === "demo";
  const container = useRef<HTMLDivElement>(null);
  const ready = useRef(false);
  const update = useRef<() => unknown>(null);
  // This server's own element does by itself what this is for.
  const [fetch] = useState(() =>
    origin === "openai"
      ? chatkitFetch({ fetchUpdates: () => update.current?.(), updateEvery: UPDATE_EVERY })
      : undefined,
  );
  const { control, fetchUpdates } = useChatKit({
    api: { url: "/chatkit", domainKey: config.domainKey, fetch, uploadStrategy: { type: "two_phase" } },
    theme: chatTheme(scheme),
    initialThread,
    startScreen: { prompts: isDemo ? DEMO_PROMPTS : PROMPTS },
    composer: config.composer,
    entities: isDemo ? DEMO_ENTITIES : undefined,
    threadItemActions: { feedback: true, retry: true },
    thread: { autoScroll: true },
    onClientTool: runClientTool,
    onReady: () => {
      ready.current = true;
    },
    onThreadChange: ({ threadId }) => rememberThread(threadId),
  });
  update.current = fetchUpdates;
  useEffect(() => {
    if (origin !== "openai" || !container.current) return undefined;
    const timer = setTimeout(() => {
      if (!ready.current) void fallBack("it did not become ready in time");
    }, READY_WITHIN);
    const stopWatching = watchForRemoval(container.current, () => {
      void fallBack(
        "it removed itself from the page, as it does when the domain key does not fit this address",
      );
    });
    return () => {
      clearTimeout(timer);
      stopWatching();
    };
  }, [origin]);
  return (
    <div className="chat" ref={container}>
      <ChatKit control={control} className="chat-element" />
    </div>
  );
}
