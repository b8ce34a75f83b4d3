/** The names that a file declares at its top level. */
import type { Pattern, Program as Tree } from 'acorn';

/** Names of variables, functions and classes at the top level of a file, without its imports. */
export function declaredNames(tree: Tree): string[] {
  return tree.body.flatMap(statement => {
    const found =
      statement.type === 'ExportNamedDeclaration'
        ? (statement.declaration ?? statement)
        : statement.type === 'ExportDefaultDeclaration'
          ? statement.declaration
          : statement;
    switch (found.type) {
      case 'VariableDeclaration':
        return found.declarations.flatMap(({ id }) => namesIn(id));
      case 'FunctionDeclaration':
      case 'ClassDeclaration':
        // A default export may have none.
        return found.id === null ? [] : [found.id.name];
      default:
        return [];
    }
  });
}

/** The names that a pattern binds. */
export function namesIn(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap(property =>
        namesIn(property.type === 'RestElement' ? property.argument : property.value)
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap(element => (element === null ? [] : namesIn(element)));
    case 'AssignmentPattern':
      return namesIn(pattern.left);
    case 'RestElement':
      return namesIn(pattern.argument);
    default:
      return [];
  }
}
