/** THE table of what the editor knows of a language; a language is one entry. */
import type { Extension } from '@codemirror/state';

import type { Language } from '../../protocol/wire';

/** How a language is edited. */
export interface EditorLanguage {
  /** What Tab inserts. */
  indent: string;
  /** Parsers are large and a session seldom needs more than one: each comes when it is needed. */
  support: () => Promise<Extension>;
}

const typescript = async (): Promise<Extension> =>
  (await import('@codemirror/lang-javascript')).javascript({ typescript: true });

export const EDITOR_LANGUAGES: Readonly<Record<Language, EditorLanguage>> = {
  javascript: { indent: '  ', support: typescript },
  typescript: { indent: '  ', support: typescript },
  python: {
    indent: '    ',
    support: async () => (await import('@codemirror/lang-python')).python()
  },
  sql: {
    indent: '  ',
    support: async () => {
      const { sql, SQLite } = await import('@codemirror/lang-sql');
      return sql({ dialect: SQLite, upperCaseKeywords: true });
    }
  }
};
