/** The tabs over the editor, one for each file; files are added, renamed and deleted here. */
import { EditorView } from '@codemirror/view';
import { useEffect, useRef, useState } from 'react';
import type { JSX, KeyboardEvent } from 'react';

import { rejected } from '../../session/files';
import { LIMITS } from '../../protocol/wire';
import type { PadFile } from '../../protocol/wire';
import type { ArenaSession } from '../../client/session';
import { Confirm } from '../common/Confirm';
import { FileNameField } from './FileNameField';
import { Menu } from '../common/Menu';
import { useFilePresence } from './file-presence';
import type { FilePresence } from './file-presence';

interface FileTabsProps {
  session: ArenaSession;
  files: readonly PadFile[];
  /** The root of the main file. */
  main: string;
  /** The root of the file in the editor. */
  shown: string;
  onShow: (root: string) => void;
  readOnly: boolean;
  /** The DOM id of the tab panel. */
  panel: string;
}

type FileAction = { kind: 'adding' } | { kind: 'renaming' | 'deleting'; file: PadFile } | null;

export function FileTabs(props: FileTabsProps): JSX.Element {
  const { session, files, main, shown, onShow, readOnly } = props;
  const [action, setAction] = useState<FileAction>(null);
  /** The name of a file that was added here and is not in `files` yet. */
  const wanted = useRef<string | null>(null);
  const tabs = useRef<HTMLDivElement>(null);
  /** The element that had the focus before the field for the name of a new file. */
  const before = useRef<Element | null>(null);
  const presence = useFilePresence(session.awareness);
  const current = files.find(file => file.root === shown);

  useEffect(() => {
    const found = files.find(file => file.name === wanted.current);
    if (found) {
      wanted.current = null;
      onShow(found.root);
    }
  }, [files, onShow]);

  const focusTab = (root: string): void =>
    tabs.current?.querySelector<HTMLElement>(`[data-root="${CSS.escape(root)}"]`)?.focus();

  const may = (kind: 'renaming' | 'deleting', file: PadFile): boolean =>
    !readOnly && (kind === 'renaming' || file.root !== main);

  const begin = (kind: 'renaming' | 'deleting', file: PadFile): void => {
    if (may(kind, file)) {
      setAction({ kind, file });
    }
  };

  const onKey = (event: KeyboardEvent, file: PadFile): void => {
    const at = files.indexOf(file);
    const next = {
      ArrowLeft: files.at(at - 1),
      ArrowRight: files[(at + 1) % files.length],
      Home: files[0],
      End: files.at(-1)
    }[event.key];
    if (next) {
      onShow(next.root);
      focusTab(next.root);
    } else if (event.key === 'F2') {
      begin('renaming', file);
    } else if (event.key === 'Delete') {
      begin('deleting', file);
    } else {
      return;
    }
    event.preventDefault();
  };

  return (
    <div className="arena-files" data-alone={files.length === 1}>
      <div ref={tabs} role="tablist" aria-label="Files" className="arena-tabs">
        {files.map(file =>
          action?.kind === 'renaming' && action.file.root === file.root ? (
            <FileNameField
              key={file.root}
              initial={file.name}
              problem={name => rejected(files, name, file)}
              onLeave={() => setAction(null)}
              onDone={name => {
                setAction(null);
                if (name !== null) {
                  session.renameFile(file.name, name);
                }
                // The tab exists again in the next frame.
                requestAnimationFrame(() => focusTab(file.root));
              }}
            />
          ) : (
            <button
              key={file.root}
              type="button"
              role="tab"
              className="arena-tab"
              data-root={file.root}
              aria-selected={file.root === shown}
              aria-controls={props.panel}
              tabIndex={file.root === shown ? 0 : -1}
              title={tooltipOf(file, main, readOnly)}
              onClick={event => {
                onShow(file.root);
                // A click, not a key: the first of a double click, which renames the file.
                if (event.detail === 1) {
                  requestAnimationFrame(() => focusEditor(props.panel));
                }
              }}
              onDoubleClick={() => begin('renaming', file)}
              onKeyDown={event => onKey(event, file)}
            >
              {file.root === main && files.length > 1 && (
                <span className="arena-icon-run" role="img" aria-label="Main file:" />
              )}
              <span className="arena-tab-name">{file.name}</span>
              <PresenceDots people={presence.filter(each => each.root === file.root)} />
            </button>
          )
        )}
      </div>
      {action?.kind === 'adding' && (
        <FileNameField
          initial=""
          problem={name => rejected(files, name)}
          onLeave={() => setAction(null)}
          onDone={name => {
            setAction(null);
            if (name !== null) {
              wanted.current = name;
              session.addFile(name);
            } else if (before.current instanceof HTMLElement) {
              before.current.focus();
            }
          }}
        />
      )}
      {!readOnly && files.length < LIMITS.files && (
        <button
          type="button"
          className="arena-button arena-add"
          aria-label="Add a file"
          title="Add a file"
          // A click leaves the focus in the editor, to which it goes back without a file.
          onMouseDown={event => event.preventDefault()}
          onClick={() => {
            before.current = document.activeElement;
            setAction({ kind: 'adding' });
          }}
        >
          +
        </button>
      )}
      {!readOnly && current && files.length > 1 && (
        <Menu label="File">
          <button type="button" onClick={() => begin('renaming', current)}>
            Rename…
          </button>
          {current.root !== main && (
            <>
              <button type="button" onClick={() => session.setMainFile(current.name)}>
                Make it the main file
              </button>
              <button type="button" onClick={() => begin('deleting', current)}>
                Delete…
              </button>
            </>
          )}
        </Menu>
      )}
      {action?.kind === 'deleting' && (
        <Confirm
          title={`Delete ${action.file.name}?`}
          text="It goes away for everybody. What was written in it stays in the recording."
          action="Delete file"
          onConfirm={() => {
            session.deleteFile(action.file.name);
            if (action.file.root === shown) {
              onShow(main);
            }
          }}
          onClose={() => setAction(null)}
        />
      )}
    </div>
  );
}

/** A dot for each other participant whose cursor is in the file. */
function PresenceDots({ people }: { people: readonly FilePresence[] }): JSX.Element {
  return (
    <>
      {people.map(({ name, color }) => (
        <span
          key={`${name} ${color}`}
          role="img"
          aria-label={`${name} is here`}
          title={`${name} is here`}
          className="arena-dot"
          style={{ backgroundColor: color }}
        />
      ))}
    </>
  );
}

/** Focus the editor in the tab panel with this id. */
function focusEditor(panel: string): void {
  const element = document.getElementById(panel)?.querySelector<HTMLElement>('.cm-editor');
  if (element) {
    EditorView.findFromDOM(element)?.focus();
  }
}

function tooltipOf(file: PadFile, main: string, readOnly: boolean): string {
  const what = file.root === main ? `${file.name}: Run starts this file` : file.name;
  return readOnly ? what : `${what}. F2 or a double click renames it`;
}
