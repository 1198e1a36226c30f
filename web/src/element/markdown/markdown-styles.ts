import { css } from "lit";

export const markdownStyles = css`
  :host {
    display: block;
    line-height: 1.65;
    overflow-wrap: anywhere;
  }
  .block + .block {
    margin-block-start: 0.95em;
  }
  .block > * {
    margin: 0;
  }
  p + p {
    margin-block-start: 0.8em;
  }
  h1,
  h2,
  h3,
  h4,
  h5,
  h6 {
    line-height: 1.3;
    font-weight: 650;
    letter-spacing: -0.011em;
    text-wrap: balance;
  }
  h1 {
    font-size: 1.45em;
  }
  h2 {
    font-size: 1.25em;
  }
  h3 {
    font-size: 1.1em;
  }
  h4,
  h5,
  h6 {
    font-size: 1em;
  }
  .block:has(> :is(h1, h2, h3)):not(:first-child) {
    margin-block-start: 1.6em;
  }
  .block:has(> :is(h1, h2, h3, h4, h5, h6)) + .block {
    margin-block-start: 0.6em;
  }
  a {
    color: var(--ck-link);
    text-decoration: underline;
    text-decoration-color: color-mix(in oklab, currentcolor 35%, transparent);
    text-decoration-thickness: 1px;
    text-underline-offset: 0.2em;
    border-radius: 2px;
  }
  a:hover {
    text-decoration-color: currentcolor;
  }
  ul,
  ol {
    padding-inline-start: 1.5em;
  }
  li {
    padding-inline-start: 0.15em;
  }
  li + li {
    margin-block-start: 0.3em;
  }
  li > :is(ul, ol) {
    margin-block: 0.3em 0;
  }
  li > p {
    margin-block: 0;
  }
  li > p + * {
    margin-block-start: 0.5em;
  }
  li::marker {
    color: var(--ck-faint);
  }
  li:has(> input),
  li:has(> p > input) {
    list-style: none;
  }
  li input {
    margin-inline: -1.3em 0.45em;
    accent-color: var(--ck-accent);
  }
  blockquote {
    padding-inline-start: 1em;
    border-inline-start: 3px solid var(--ck-border-strong);
    color: var(--ck-muted);
  }
  blockquote > * {
    margin: 0;
  }
  blockquote > * + * {
    margin-block-start: 0.6em;
  }
  hr {
    border: 0;
    border-block-start: 1px solid var(--ck-border);
    margin-block: 1.4em;
  }
  img {
    display: block;
    max-inline-size: 100%;
    max-block-size: 480px;
    border-radius: var(--ck-radius-m);
  }
  code {
    font-family: var(--ck-mono);
    font-size: 0.875em;
    font-variant-ligatures: none;
  }
  :not(pre) > code {
    padding: 0.15em 0.38em;
    border-radius: 5px;
    background: var(--ck-raised);
    box-decoration-break: clone;
    -webkit-box-decoration-break: clone;
  }
  .code {
    border: 1px solid var(--ck-border);
    border-radius: var(--ck-radius-m);
    background: color-mix(in oklab, var(--ck-raised) 55%, var(--ck-bg));
    overflow: hidden;
  }
  .code-bar {
    display: flex;
    align-items: center;
    justify-content: space-between;
    min-block-size: 36px;
    padding-inline: 14px 6px;
    color: var(--ck-faint);
    font-size: 0.78em;
    user-select: none;
  }
  .code-bar button span {
    display: inline-flex;
    align-items: center;
    gap: 6px;
  }
  .code-bar button {
    padding: 4px 8px;
    border-radius: var(--ck-radius-s);
    color: var(--ck-muted);
  }
  .code-bar button:hover {
    background: var(--ck-hover);
    color: var(--ck-fg);
  }
  pre {
    margin: 0;
    padding: 2px 14px 14px;
    overflow-x: auto;
    overflow-wrap: normal;
    line-height: 1.55;
    tab-size: 4;
    scrollbar-width: thin;
    direction: ltr;
    text-align: left;
  }
  pre:focus-visible,
  .table:focus-visible {
    outline-offset: -2px;
  }
  .table {
    overflow-x: auto;
    scrollbar-width: thin;
  }
  table {
    min-inline-size: 100%;
    border-collapse: collapse;
    font-size: 0.94em;
    line-height: 1.5;
    overflow-wrap: normal;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding-block: 8px;
    padding-inline: 0 20px;
    border-block-end: 1px solid var(--ck-border);
    text-align: start;
    vertical-align: top;
    min-inline-size: 5em;
    max-inline-size: 26em;
  }
  td code {
    white-space: nowrap;
  }
  :is(th, td)[align="center"] {
    text-align: center;
  }
  :is(th, td)[align="right"] {
    text-align: end;
  }
  th {
    font-weight: 600;
    border-block-end-color: var(--ck-border-strong);
    white-space: nowrap;
  }
  .math {
    background: none;
    padding: 0;
    color: var(--ck-muted);
    white-space: pre-wrap;
  }
  .blocked-image {
    display: inline-block;
    padding: 2px 10px;
    border: 1px dashed var(--ck-border-strong);
    border-radius: var(--ck-radius-s);
    color: var(--ck-muted);
    font-size: 0.9em;
  }
  .cite {
    display: inline-grid;
    place-items: center;
    min-inline-size: 1.6em;
    block-size: 1.5em;
    margin-inline: 0.2em 0.05em;
    padding-inline: 0.35em;
    border: 0;
    border-radius: 999px;
    background: var(--ck-raised);
    color: var(--ck-muted);
    font: 500 0.7em / 1 var(--ck-font);
    text-decoration: none;
    vertical-align: 0.15em;
    transition: background-color 120ms, color 120ms;
  }
  .cite:is(a, button):hover {
    background: var(--ck-fg);
    color: var(--ck-bg);
  }
  .streaming .block:last-child > :is(p, ul, ol, h1, h2, h3):last-child:not(:has(li > *))::after,
  .streaming .block:last-child > :is(ul, ol):last-child > li:last-child::after {
    content: "";
    display: inline-block;
    inline-size: 0.5em;
    block-size: 0.5em;
    margin-inline-start: 0.3em;
    border-radius: 50%;
    background: var(--ck-tint);
    vertical-align: 0.06em;
    opacity: 0.75;
  }
  .streaming .block:last-child > :is(ul, ol):last-child::after {
    content: none !important;
  }
  @media (prefers-reduced-motion: no-preference) {
    .streaming .block:last-child > :last-child::after,
    .streaming .block:last-child > * > li:last-child::after {
      animation: pulse 1.2s ease-in-out infinite;
    }
  }
  @keyframes pulse {
    50% {
      opacity: 0.25;
    }
  }
  .hljs-comment,
  .hljs-quote,
  .hljs-meta {
    color: var(--ck-faint);
  }
  .hljs-keyword,
  .hljs-selector-tag,
  .hljs-literal,
  .hljs-doctag {
    color: var(--ck-code-keyword);
  }
  .hljs-string,
  .hljs-regexp,
  .hljs-addition,
  .hljs-attribute .hljs-string {
    color: var(--ck-code-string);
  }
  .hljs-number,
  .hljs-symbol,
  .hljs-bullet,
  .hljs-variable,
  .hljs-template-variable,
  .hljs-built_in,
  .hljs-type {
    color: var(--ck-code-number);
  }
  .hljs-title,
  .hljs-name,
  .hljs-section,
  .hljs-attr,
  .hljs-attribute,
  .hljs-selector-id,
  .hljs-selector-class {
    color: var(--ck-code-title);
  }
  .hljs-deletion {
    color: var(--ck-danger);
  }
  .hljs-emphasis {
    font-style: italic;
  }
  .hljs-strong {
    font-weight: 600;
  }
`;
