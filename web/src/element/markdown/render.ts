/**
 * Turns Markdown into safe DOM, block by block. Raw HTML in the source is shown as text, never interpreted; what the
 * renderer makes is still passed through a sanitiser, so that one mistake here is not enough.
 */
import DOMPurify from "dompurify";
import { Marked, type MarkedExtension, type Token, type TokensList } from "marked";
import { GrowingBlocks } from "./growing-blocks";
import { escapeHtml, highlight } from "./highlight";
import { otherHost, safeImage, safeLink } from "./links";
import { FORMULAS } from "./math";

export interface RenderOptions {
  /** Hosts that images may come from; absent: any. */
  imageDomains?: readonly string[];
  /** Shown in the place of an image that may not be loaded and has no description. */
  blockedImage: string;
}

const TAGS =
  "a b blockquote br code del div em h1 h2 h3 h4 h5 h6 hr i img input li ol p pre s span strong sub sup table tbody td th thead tr ul";
const ADDRESSES = ["href", "src"];
const ATTRIBUTES = "align alt checked class data-language disabled start title type".split(" ");
const SANITIZER = {
  ALLOWED_TAGS: TAGS.split(" "),
  ALLOWED_ATTR: [...ADDRESSES, ...ATTRIBUTES],
  ADD_URI_SAFE_ATTR: ATTRIBUTES,
  ALLOW_DATA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|chatkit-link:)/i,
  RETURN_DOM_FRAGMENT: true as const,
};

export class MarkdownRenderer {
  readonly #marked: Marked<string, string>;
  readonly #blocks: GrowingBlocks<Token>;

  /** The text defines addresses that links in any of its blocks may use. */
  hasDefinitions = false;

  constructor(options: RenderOptions) {
    this.#marked = new Marked<string, string>({
      gfm: true,
      renderer: renderer(options),
      extensions: FORMULAS,
    });
    this.#blocks = new GrowingBlocks((source) => this.#marked.lexer(source));
  }

  /** The top-level blocks of a text, which may be one that has grown. A block's `raw` says whether it has changed. */
  blocks(source: string, growing: boolean): Token[] {
    const tokens = this.#blocks.read(source.replace(/\r\n?/g, "\n"), growing);
    this.hasDefinitions = tokens.some((token) => token.type === "def");
    return tokens.filter((token) => token.type !== "space" && token.type !== "def");
  }

  block(token: Token): DocumentFragment {
    const made = this.#marked.parser([token] as unknown as TokensList);
    const fragment = DOMPurify.sanitize(made, SANITIZER);
    for (const link of fragment.querySelectorAll("a")) {
      link.target = "_blank";
      link.rel = "noopener noreferrer nofollow";
    }
    for (const image of fragment.querySelectorAll("img")) {
      image.loading = "lazy";
      image.referrerPolicy = "no-referrer";
    }
    return fragment;
  }
}

type Renderer = NonNullable<MarkedExtension<string, string>["renderer"]>;

function renderer(options: RenderOptions): Renderer {
  return {
    html({ text, block }) {
      const shown = escapeHtml(text.trimEnd());
      return block ? `<p>${shown}</p>` : shown;
    },
    link({ href, title, text, tokens }) {
      const inner = this.parser.parseInline(tokens);
      const safe = safeLink(href);
      if (!safe) return inner;
      const other = otherHost(text, safe);
      const shown = other ? `${inner} (${escapeHtml(other)})` : inner;
      return `<a href="${escapeHtml(safe)}"${title ? ` title="${escapeHtml(title)}"` : ""}>${shown}</a>`;
    },
    image({ href, text, title }) {
      const safe = safeImage(href, options.imageDomains);
      if (!safe) return `<span class="blocked-image">${escapeHtml(text || options.blockedImage)}</span>`;
      const caption = title ? ` title="${escapeHtml(title)}"` : "";
      return `<img src="${escapeHtml(safe)}" alt="${escapeHtml(text)}"${caption}>`;
    },
    code({ text, lang }) {
      const language = /^[\w+#.-]+/.exec(lang ?? "")?.[0].toLowerCase() ?? "";
      const named = language ? ` data-language="${escapeHtml(language)}"` : "";
      return `<pre${named}><code>${highlight(text, language)}</code></pre>`;
    },
  };
}
