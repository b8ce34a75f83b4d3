/** Languages for people: their names, and the endings of their files' names. */
export { EXTENSIONS, LANGUAGE_NAMES } from './contract.generated';
