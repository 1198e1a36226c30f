/** The page's own few drawings. */

const LINE = {
  width: 18,
  height: 18,
  viewBox: "0 0 24 24",
  fill: "none",
  stroke: "currentColor",
  strokeWidth: 1.75,
  strokeLinecap: "round",
  strokeLinejoin: "round",
  "aria-hidden": true,
} as const;

export function Mark() {
  return (
    <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true" className="mark">
      <rect width="32" height="32" rx="9" fill="currentColor" />
      <path
        d="M9 12.5A3.5 3.5 0 0 1 12.5 9h7a3.5 3.5 0 0 1 3.5 3.5v4a3.5 3.5 0 0 1-3.5 3.5H16l-4.2 3.2a.5.5 0 0 1-.8-.4V20A3.5 3.5 0 0 1 9 16.5Z"
        fill="none"
        stroke="#fff"
        strokeWidth="2"
        strokeLinejoin="round"
      />
      <circle cx="13" cy="14.5" r="1.15" fill="#fff" />
      <circle cx="16" cy="14.5" r="1.15" fill="#fff" />
      <circle cx="19" cy="14.5" r="1.15" fill="#fff" />
    </svg>
  );
}

export function Sun() {
  return (
    <svg {...LINE}>
      <title>Light</title>
      <circle cx="12" cy="12" r="4" />
      <path d="M12 2v2m0 16v2M4.9 4.9l1.4 1.4m11.4 11.4 1.4 1.4M2 12h2m16 0h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4" />
    </svg>
  );
}

export function Moon() {
  return (
    <svg {...LINE}>
      <title>Dark</title>
      <path d="M20.5 14.2A8.5 8.5 0 1 1 9.8 3.5a6.6 6.6 0 0 0 10.7 10.7Z" />
    </svg>
  );
}

export function Warning() {
  return (
    <svg {...LINE}>
      <title>Warning</title>
      <path d="M10.3 3.9 1.8 18a2 2 0 0 0 1.7 3h17a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0ZM12 9v4m0 4h.01" />
    </svg>
  );
}
