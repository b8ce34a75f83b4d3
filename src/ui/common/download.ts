/** Saving a file in the browser's downloads. */

/** Milliseconds for which a file stays available to the browser's download. */
const AVAILABLE = 60_000;

/** Save a file in the browser's downloads. */
export function download({ file, name }: { file: Blob; name: string }): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser starts to read the file only after this function.
  setTimeout(() => URL.revokeObjectURL(link.href), AVAILABLE);
}
