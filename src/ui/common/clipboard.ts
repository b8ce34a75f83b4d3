/** Writing to the clipboard. */

/** Put text on the clipboard; false where the browser refuses, as it does on plain http. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without a permission, or in an insecure context, there is no access to the clipboard.
    return false;
  }
}
