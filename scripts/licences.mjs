/** The licences of the packages in a bundle. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

const ROOT = path.dirname(import.meta.dirname);

/**
 * The licence texts of the packages that a bundle was made of, stored beside it as the licences
 * require. `inputs` are the paths of its files from the root.
 */
export async function licences(inputs) {
  const packages = new Set(
    inputs.flatMap(input => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [])
  );
  const texts = [];
  for (const found of [...packages].sort()) {
    const directory = path.join(ROOT, found);
    const { name, version, license } = JSON.parse(
      await readFile(path.join(directory, 'package.json'), 'utf8')
    );
    const file = (await readdir(directory)).find(entry => /^licen[cs]e/i.test(entry));
    const text = file ? await readFile(path.join(directory, file), 'utf8') : '';
    texts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return texts.join(`\n${'-'.repeat(72)}\n\n`);
}
