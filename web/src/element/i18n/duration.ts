/** Times as people say them: "5 seconds", "2 min 5 sec". */
export function spell(language: string, seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return amount(language, whole, "second", "long");
  const minutes = Math.floor(whole / 60);
  const rest = whole % 60;
  const parts = [amount(language, minutes, "minute", "short")];
  if (rest > 0) parts.push(amount(language, rest, "second", "short"));
  return parts.join(" ");
}

function amount(
  language: string,
  value: number,
  unit: "minute" | "second",
  unitDisplay: "long" | "short",
): string {
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay }).format(value);
}
