/** Changes to single components of a widget's JSON tree, addressed by component id. Unknown ids change nothing. */
import { isObject, type JsonObject } from "../protocol/json";

const MAX_DEPTH = 60;

export function replaceComponent(root: JsonObject, id: string, component: JsonObject): JsonObject {
  return mapComponent(root, id, () => component, 0);
}

export function appendToComponent(root: JsonObject, id: string, delta: string): JsonObject {
  const append = (component: JsonObject) => {
    const value = typeof component.value === "string" ? component.value : "";
    return { ...component, value: value + delta };
  };
  return mapComponent(root, id, append, 0);
}

/** The tree with the component changed; subtrees without it, and a tree without it, stay the same objects. */
function mapComponent(
  node: JsonObject,
  id: string,
  change: (component: JsonObject) => JsonObject,
  depth: number,
): JsonObject {
  if (id === "" || depth > MAX_DEPTH) return node;
  if (node.id === id) return change(node);
  const { children } = node;
  if (isObject(children)) {
    const next = mapComponent(children, id, change, depth + 1);
    return next === children ? node : { ...node, children: next };
  }
  if (!Array.isArray(children)) return node;
  const next = children.map((child) =>
    isObject(child) ? mapComponent(child, id, change, depth + 1) : child,
  );
  return next.some((child, at) => child !== children[at]) ? { ...node, children: next } : node;
}
