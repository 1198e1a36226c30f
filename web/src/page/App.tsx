/** The try-it page: gets an element, says loudly when it is not the one that was asked for, shows the chat. */
import { useEffect, useState } from "react";
import { Chat } from "./Chat";
import { useColorScheme } from "./color-scheme";
import { loadConfig, type PageConfig } from "./config";
import { type LoadedElement, loadElement, tryOpenAiAgain } from "./element-script";
import { Header } from "./Header";
import { Warning } from "./icons";

interface Loaded {
  config: PageConfig;
  element: LoadedElement;
}

export function App() {
  const [scheme, toggleScheme] = useColorScheme();
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    load().then(setLoaded, (error: unknown) =>
      setProblem(error instanceof Error ? error.message : String(error)),
    );
  }, []);
  return (
    <>
      <Header config={loaded?.config ?? null} scheme={scheme} onToggleScheme={toggleScheme} />
      {loaded?.element.failure && <ElementFailure reason={loaded.element.failure} />}
      <main>
        {loaded && <Chat config={loaded.config} origin={loaded.element.origin} scheme={scheme} />}
        {problem && (
          <p className="problem" role="alert">
            This page cannot start: {problem}.
          </p>
        )}
      </main>
    </>
  );
}

let loading: Promise<Loaded> | null = null;

/** Once a page: React may run effects twice, a script may not. */
function load(): Promise<Loaded> {
  loading ??= loadConfig().then(async (config) => ({
    config,
    element: await loadElement(config.chatkitScriptUrl),
  }));
  return loading;
}

function ElementFailure({ reason }: { reason: string }) {
  return (
    <div className="banner" role="alert" data-testid="element-failure">
      <Warning />
      <p>
        <strong>OpenAI’s ChatKit element is not in use:</strong> {reason}. This page runs on chatkit-server’s
        own element instead.
      </p>
      <button type="button" onClick={tryOpenAiAgain}>
        Try OpenAI’s again
      </button>
    </div>
  );
}
