/** The user's settings, as in `schema/plugin.json`, with their defaults. */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

import { LANGUAGES } from '../protocol/wire';
import type { Language } from '../protocol/wire';

/** Each call reads the present value. */
export interface ArenaSettings {
  /** Milliseconds that a run may take. */
  timeLimit: () => number;
  defaultLanguage: () => Language;
  /** The user's name in interviews; empty for the name that Jupyter has. */
  name: () => string;
}

const TIME_LIMIT_SECONDS = 30;

/** The settings of the plugin `id`; the defaults where there is no registry, or it fails. */
export async function loadSettings(
  registry: ISettingRegistry | null,
  id: string
): Promise<ArenaSettings> {
  let settings: ISettingRegistry.ISettings | null = null;
  try {
    settings = (await registry?.load(id)) ?? null;
  } catch (error) {
    console.warn('Arena uses its default settings:', error);
  }
  return {
    timeLimit: () => {
      const seconds = settings?.get('timeLimit').composite;
      return (typeof seconds === 'number' && seconds > 0 ? seconds : TIME_LIMIT_SECONDS) * 1000;
    },
    defaultLanguage: () => {
      const chosen = settings?.get('defaultLanguage').composite;
      return LANGUAGES.find(language => language === chosen) ?? LANGUAGES[0];
    },
    name: () => {
      const chosen = settings?.get('name').composite;
      return typeof chosen === 'string' ? chosen.trim() : '';
    }
  };
}
