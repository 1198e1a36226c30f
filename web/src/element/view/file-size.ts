/** A number of bytes as people write it. */
export function fileSize(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const power = Math.min(
    Math.max(Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1024)), 0),
    units.length - 1,
  );
  const style = { style: "unit", unit: units[power], maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(undefined, style).format(bytes / 1024 ** power);
}
