/** The bar over the chat: what this is, what answers, how it looks. */
import type { ColorScheme } from "./color-scheme";
import type { PageConfig } from "./config";
import { Mark, Moon, Sun } from "./icons";

const DOCS = "https://openai.github.io/chatkit-js/";

interface Props {
  config: PageConfig | null;
  scheme: ColorScheme;
  onToggleScheme: () => void;
}

export function Header({ config, scheme, onToggleScheme }: Props) {
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <header className="page-header">
      <span className="brand">
        <Mark />
        <span>chatkit-server</span>
      </span>
      {config && (
        <span className="agent" data-testid="agent-line" title={`Agent: ${config.agent}`}>
          <span className="agent-name">{config.agent}</span>
          {config.model && <span className="model">{config.model}</span>}
        </span>
      )}
      <nav className="page-links">
        <a href={DOCS} target="_blank" rel="noreferrer">
          Docs
        </a>
        <button
          type="button"
          title={`Use the ${other} colours`}
          aria-label={`Use the ${other} colours`}
          data-testid="toggle-scheme"
          onClick={onToggleScheme}
        >
          {scheme === "dark" ? <Sun /> : <Moon />}
        </button>
      </nav>
    </header>
  );
}
