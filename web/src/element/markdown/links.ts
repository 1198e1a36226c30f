/** Decides which addresses an answer may lead to and load from. Answers are written by a model: nothing is trusted. */

const LINK_SCHEMES = new Set(["http:", "https:", "mailto:", "chatkit-link:"]);

/**
 * The address as it may be used, or null. Relative addresses are refused: a model cannot know the page it is on. So are
 * names and passwords before the host: what they are good for is to look like one.
 */
export function safeLink(href: string): string | null {
  const url = parse(href);
  return url && LINK_SCHEMES.has(url.protocol) && !url.username && !url.password ? url.href : null;
}

/** The host a link really leads to, where its text looks like the address of another; else null. */
export function otherHost(text: string, href: string): string | null {
  const target = parse(href);
  if (target?.protocol !== "https:" && target?.protocol !== "http:") return null;
  const claimed = /^(?:https?:\/\/)?((?:[\p{L}\p{N}-]+\.)+\p{L}{2,})(?=$|[/:?#])/iu.exec(text.trim())?.[1];
  if (!claimed) return null;
  const said = bare(parse(`https://${claimed}`)?.hostname ?? claimed);
  const real = bare(target.hostname);
  return real === said || real.endsWith(`.${said}`) ? null : target.hostname;
}

/** `domains` absent: any host. A domain covers its subdomains. */
export function safeImage(src: string, domains: readonly string[] | undefined): string | null {
  const url = parse(src);
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) return null;
  if (!domains) return url.href;
  const host = url.hostname.toLowerCase();
  const allowed = domains.some((entry) => {
    const domain = entry.toLowerCase().replace(/^\*\./, "");
    return host === domain || host.endsWith(`.${domain}`) || url.host.toLowerCase() === domain;
  });
  return allowed ? url.href : null;
}

/** `chatkit-link://name?key=value` as the event that it fires. */
export function deeplink(href: string): { name: string; data: Record<string, unknown> } | null {
  const url = parse(href);
  if (url?.protocol !== "chatkit-link:") return null;
  const name = decodeURIComponent(url.host + url.pathname).replace(/^\/+|\/+$/g, "");
  return { name, data: Object.fromEntries(url.searchParams) };
}

/** The host of an address, for showing where a source is from. */
export function hostOf(href: string): string {
  return parse(href)?.hostname.replace(/^www\./, "") ?? "";
}

function bare(host: string): string {
  return host.toLowerCase().replace(/^www\./, "");
}

function parse(href: string): URL | null {
  try {
    return new URL(href);
  } catch {
    return null;
  }
}
