/** Light or dark: what the visitor chose on this page, else what their system says. */
import { useEffect, useState } from "react";

export type ColorScheme = "light" | "dark";

const KEY = "chatkit.color-scheme";
const systemDark = matchMedia("(prefers-color-scheme: dark)");

function chosen(): ColorScheme | null {
  const value = localStorage.getItem(KEY);
  return value === "light" || value === "dark" ? value : null;
}

function current(): ColorScheme {
  return chosen() ?? (systemDark.matches ? "dark" : "light");
}

export function useColorScheme(): [ColorScheme, () => void] {
  const [scheme, setScheme] = useState(current);
  useEffect(() => {
    const follow = () => setScheme(current());
    systemDark.addEventListener("change", follow);
    return () => systemDark.removeEventListener("change", follow);
  }, []);
  useEffect(() => {
    document.documentElement.dataset.scheme = scheme;
  }, [scheme]);
  const toggle = () => {
    const next = scheme === "dark" ? "light" : "dark";
    localStorage.setItem(KEY, next);
    setScheme(next);
  };
  return [scheme, toggle];
}
