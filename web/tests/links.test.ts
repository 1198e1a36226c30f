import { expect, test } from "vitest";
import { deeplink, hostOf, otherHost, safeImage, safeLink } from "../src/element/markdown/links";

test.each(["https://a.example/x", "http://a.example/", "mailto:a@b.example", "chatkit-link://open"])(
  "%s may be followed",
  (href) => expect(safeLink(href)).toContain(href),
);

test.each([
  "javascript:alert(1)",
  "JAVASCRIPT:alert(1)",
  "data:text/html,x",
  "vbscript:x",
  "file:///etc",
  "/admin",
  "//x",
  "https://bank.example@evil.example/",
  "https://:secret@evil.example/",
])("%s may not", (href) => expect(safeLink(href)).toBeNull());

// proves SEC-66
test.each([
  ["https://bank.example/login", "https://evil.example/", "evil.example"],
  ["bank.example", "https://bank.example.evil.example/", "bank.example.evil.example"],
  ["https://xn--bnk-0ra.example", "https://bank.example", "bank.example"],
  ["bänk.example", "https://bank.example", "bank.example"],
])("a link that says %s and leads elsewhere shows where", (text, href, host) =>
  expect(otherHost(text, href)).toBe(host),
);

test.each([
  ["https://bank.example/login", "https://bank.example/login"],
  ["bank.example", "https://www.bank.example/"],
  ["bank.example", "https://help.bank.example/"],
  ["The bank", "https://evil.example/"],
  ["version 1.2", "https://a.example/"],
  ["a@b.example", "mailto:a@b.example"],
])("a link that says %s and leads to %s needs no more", (text, href) =>
  expect(otherHost(text, href)).toBeNull(),
);

// proves EL-61
test("images come from the allowed domains and their subdomains only", () => {
  const domains = ["img.example", "*.cdn.example"];
  expect(safeImage("https://img.example/a.png", domains)).not.toBeNull();
  expect(safeImage("https://a.img.example/a.png", domains)).not.toBeNull();
  expect(safeImage("https://x.cdn.example/a.png", domains)).not.toBeNull();
  expect(safeImage("https://evilimg.example/a.png", domains)).toBeNull();
  expect(safeImage("https://img.example.evil/a.png", domains)).toBeNull();
  expect(safeImage("https://any.example/a.png", undefined)).not.toBeNull();
  expect(safeImage("https://any.example/a.png", [])).toBeNull();
  expect(safeImage("data:image/svg+xml,x", undefined)).toBeNull();
});

// proves EL-53
test("a deep link becomes a name and data", () => {
  expect(deeplink("chatkit-link://orders/42?tab=items")).toEqual({
    name: "orders/42",
    data: { tab: "items" },
  });
  expect(deeplink("https://a.example")).toBeNull();
});

test("a source's host is shown without www", () => {
  expect(hostOf("https://www.a.example/x")).toBe("a.example");
  expect(hostOf("nonsense")).toBe("");
});
