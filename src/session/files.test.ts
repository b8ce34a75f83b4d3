/** The rules for files of the pad. */
import * as Y from 'yjs';
import { describe, expect, it } from 'vitest';
import { decideFile } from './files';
import { LIMITS } from '../protocol/wire';

describe('the decision about a command', () => {
  const files = Array.from({ length: LIMITS.files }, (_, at) => ({
    name: `${at}.js`,
    root: at === 0 ? 'code' : `code/${at}`
  }));
  const full = { files, main: 'code' };

  it('refuses too many files, deletion of the main file, and names of unknown files', () => {
    const commands = [
      { type: 'file-add', payload: { name: 'more.js' } },
      { type: 'file-delete', payload: { name: '0.js' } },
      { type: 'file-delete', payload: { name: 'none.js' } },
      { type: 'file-rename', payload: { from: 'none.js', to: 'more.js' } },
      { type: 'file-rename', payload: { from: '0.js', to: '1.js' } },
      { type: 'file-main', payload: { name: 'none.js' } }
    ] as const;
    for (const command of commands)
      expect(() => decideFile(full, command, 'ann', 'code/40')).toThrow();
  });

  it('gives each file a root of its own', () => {
    const command = { type: 'file-add', payload: { name: 'e\u0301' } } as const;
    const { payload } = decideFile(
      { files: files.slice(1), main: 'code/1' },
      command,
      'ann',
      'code/77'
    );
    expect(payload).toEqual({ userId: 'ann', name: '\u00e9', root: 'code/77' });
    expect(new Y.Doc().getText(payload.root).toJSON()).toBe('');
  });
});
