import { expect, test } from "vitest";
import { deeplink, hostOf, safeImage, safeLink } from "../src/element/markdown/links";

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
])("%s may not", (href) => expect(safeLink(href)).toBeNull());

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
