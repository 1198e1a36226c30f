import { expect, test } from "vitest";
import { readAction } from "../src/element/widget/action";
import { Fields } from "../src/element/widget/fields";
import { formValues, withValues } from "../src/element/widget/form-values";

const FORM = {
  type: "Form",
  children: [
    { type: "Input", name: "name", defaultValue: "Ada" },
    { type: "Row", children: [{ type: "Input", name: "age", inputType: "number", defaultValue: 36 }] },
    { type: "Select", name: "size", options: [{ value: "s", label: "S" }] },
    { type: "DatePicker", name: "day", defaultValue: "2026-11-24T10:00:00Z" },
    { type: "DatePicker", name: "until" },
    { type: "Checkbox", name: "agree" },
    { type: "RadioGroup", name: "colour", options: [] },
    { type: "Textarea", name: "note" },
    { type: "Text", value: "Title", editable: { name: "todo.title" } },
    { type: "Text", value: "not a field", name: "no" },
    { type: "Input", name: "off", disabled: true },
    { type: "Form", children: [{ type: "Input", name: "inner" }] },
  ],
};
const form = { component: FORM, path: "f" };

// proves EL-84
test("fields give strings, days and truth; what is not chosen has no value", () => {
  expect(Object.fromEntries(formValues(form, new Fields()))).toEqual({
    name: "Ada",
    age: "36",
    size: undefined,
    day: "2026-11-24",
    until: undefined,
    agree: false,
    colour: "",
    note: "",
    "todo.title": "Title",
  });
});

// proves EL-83
test("what was entered goes with an action; dots in names lead into objects; nothing stands for what is cleared", () => {
  const fields = new Fields();
  fields.enter({ type: "Input", name: "name" }, form, "");
  fields.enter({ type: "DatePicker", name: "day" }, form, undefined);
  const { payload, conflicts } = withValues({ todo: { id: 1 } }, formValues(form, fields));

  expect(payload).toEqual({
    todo: { id: 1, title: "Title" },
    name: "",
    age: "36",
    agree: false,
    colour: "",
    note: "",
  });
  expect(conflicts).toEqual([]);
});

// proves EL-83
test("a key that the payload has already wins, and is named", () => {
  const given = { name: "given", todo: "text" };
  const { payload, conflicts } = withValues(given, [
    ["name", "typed"],
    ["todo.title", "x"],
    ["other", "y"],
  ]);
  expect(payload).toEqual({ name: "given", todo: "text", other: "y" });
  expect(conflicts).toEqual(["name", "todo.title"]);
  expect(given).toEqual({ name: "given", todo: "text" });
});

test("names cannot reach into prototypes", () => {
  const { payload } = withValues(undefined, [
    ["__proto__.polluted", "x"],
    ["constructor.prototype.polluted", "x"],
  ]);
  expect(payload).toBeUndefined();
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test("a field keeps what was entered by its id, wherever the server moves it", () => {
  const fields = new Fields();
  fields.enter({ type: "Input", id: "n", name: "name" }, form, "typed");
  expect(fields.value({ type: "Input", id: "n", name: "name", defaultValue: "new" }, null)).toBe("typed");
  expect(fields.value({ type: "Input", id: "m", name: "name", defaultValue: "new" }, null)).toBe("new");
});

// proves EL-82
test("what shows that an action runs is decided by the action, else by the occasion", () => {
  const action = { type: "go" };
  const shown = (["click", "change", "submit", "confirm", "cancel"] as const).map(
    (occasion) => readAction(action, occasion)?.loading,
  );
  expect(shown).toEqual(["self", "none", "container", "container", "self"]);
  expect(readAction({ ...action, loadingBehavior: "none" }, "click")?.loading).toBe("none");
  expect(readAction({ ...action, loadingBehavior: "auto" }, "click")?.loading).toBe("self");
});

test("an action without a type is none; everything else has its default", () => {
  expect([{}, null, "x", { type: 3 }].map((value) => readAction(value, "click"))).toEqual(
    Array(4).fill(null),
  );
  expect(readAction({ type: "go", payload: [1] }, "click")).toEqual({
    type: "go",
    payload: undefined,
    handler: "server",
    streaming: true,
    loading: "self",
  });
});
