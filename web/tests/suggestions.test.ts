import type { Command, Entity } from "@openai/chatkit";
import { expect, test, vi } from "vitest";
import { FakeServer } from "./fake-server";
import { openChat } from "./open-chat";

const PEOPLE: Entity[] = [
  { id: "1", title: "Ada Lovelace", group: "People", data: { mail: "a" }, interactive: true },
  { id: "2", title: "Alan Turing", group: "People" },
];

function writing(text: string, options: object) {
  const open = openChat(new FakeServer(), options);
  const { suggestions, drafts } = open.chat;
  const write = (next: string, caret = next.length, builtIns = []) => {
    drafts.change(null, { text: next });
    suggestions.look(null, caret, builtIns);
  };
  write(text);
  const labels = () =>
    vi.waitFor(() => {
      expect(suggestions.menu?.loading).toBe(false);
      return suggestions.menu?.items.map(({ label }) => label);
    });
  return { ...open, suggestions, drafts, write, labels };
}

// proves EL-32, EL-37
test("what is chosen stands in the text and goes to the server as a tag", async () => {
  const asked: string[] = [];
  const onTagSearch = async (query: string) => {
    asked.push(query);
    return PEOPLE;
  };
  const { suggestions, drafts, labels } = writing("Ask @a now", { entities: { onTagSearch } });
  expect(suggestions.menu).toBeNull();
  suggestions.look(null, 6, []);
  expect(await labels()).toEqual(["Ada Lovelace", "Alan Turing"]);
  suggestions.move(-1);
  expect(suggestions.menu?.active).toBe(1);
  suggestions.move(1);
  suggestions.choose();
  expect(asked).toEqual(["a"]);
  expect(suggestions.menu).toBeNull();
  expect(drafts.of(null).text).toBe("Ask @Ada Lovelace now");
  expect(suggestions.caret).toBe("Ask @Ada Lovelace ".length);
  expect(drafts.message(null).content).toEqual([
    { type: "input_text", text: "Ask " },
    {
      type: "input_tag",
      id: "1",
      text: "Ada Lovelace",
      group: "People",
      data: { mail: "a" },
      interactive: true,
    },
    { type: "input_text", text: " now" },
  ]);
});

test("an answer to an older search is not shown", async () => {
  const open: ((found: Entity[]) => void)[] = [];
  const onTagSearch = () => new Promise<Entity[]>((resolve) => open.push(resolve));
  const { write, labels } = writing("@a", { entities: { onTagSearch } });
  write("@al");
  open[1]?.([PEOPLE[1] as Entity]);
  open[0]?.(PEOPLE);
  expect(await labels()).toEqual(["Alan Turing"]);
});

test("a menu that was dismissed stays away until something else is written", async () => {
  const { suggestions, write, labels } = writing("@a", { entities: { onTagSearch: async () => PEOPLE } });
  await labels();
  suggestions.dismiss(null, 2);
  suggestions.look(null, 2, []);
  expect(suggestions.menu).toBeNull();
  write("@al");
  expect(await labels()).toHaveLength(2);
});

test("a search that fails finds nothing and is reported", async () => {
  const onTagSearch = () => Promise.reject(new Error("down"));
  const { labels, named } = writing("@a", { entities: { onTagSearch } });
  expect(await labels()).toEqual([]);
  expect(named("report").map(([, error]) => String(error))).toEqual([
    "EntitySearchError: the page's search has failed",
  ]);
});

// proves EL-33
test("a command does something, puts in an entity, or opens another menu", async () => {
  const chosen: string[] = [];
  const find: Command = { id: "find", label: "Find a person" };
  const commands = {
    enabled: true,
    onSearch: async () => [find, { id: "clear", label: "Clear" }],
    onSelect: async ({ id }: Command) => {
      chosen.push(id);
      if (id === "find") return { type: "menu" as const, commands: [{ id: "ada", label: "Ada" }] };
      return id === "ada" ? { type: "entity" as const, entity: PEOPLE[0] as Entity } : undefined;
    },
  };
  const { suggestions, drafts, write, labels } = writing("/", { commands });
  expect(await labels()).toEqual(["Find a person", "Clear"]);
  suggestions.choose(0);
  expect(drafts.of(null).text).toBe("");
  await vi.waitFor(() => expect(suggestions.menu?.items[0]?.label).toBe("Ada"));
  suggestions.choose();
  await vi.waitFor(() => expect(drafts.of(null).text).toBe("@Ada Lovelace "));
  write("/cl");
  await labels();
  suggestions.choose(1);
  await vi.waitFor(() => expect(chosen).toEqual(["find", "ada", "clear"]));
  expect(drafts.of(null).text).toBe("");
});

// proves EL-33
test("the element's own actions stand among the commands, and none of it is there unless it is enabled", async () => {
  const ran: string[] = [];
  const builtIns = [{ id: "attach", label: "Attach files", run: () => ran.push("attach") }];
  const { suggestions, drafts, labels } = writing("", { commands: { enabled: true } });
  drafts.change(null, { text: "/att" });
  suggestions.look(null, 4, builtIns);
  expect(await labels()).toEqual(["Attach files"]);
  suggestions.choose();
  expect([ran, drafts.of(null).text]).toEqual([["attach"], ""]);

  const without = writing("/", { commands: { enabled: false } });
  expect(without.suggestions.menu).toBeNull();
});
