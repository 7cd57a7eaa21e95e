// Prints as JSON what the modules export: {file: {name: [members]}}, of each class
// its public members, of a function the number of its parameters. In a .d.ts,
// interfaces and types do not count: they have no value.
//
//     node exports.mjs TYPESCRIPT FILE...
import {readFileSync} from 'node:fs';

const [, , typescript, ...files] = process.argv;
const {default: ts} = await import(typescript);
const {SyntaxKind: Kind} = ts;

const has = (node, kind) => ts.canHaveModifiers(node) && ts.getModifiers(node)?.some((each) => each.kind === kind);
const isExported = (node) => has(node, Kind.ExportKeyword);

// The members that a constructor sets: this.x = …, Object.assign(this, {x, …}).
function* setIn(node) {
  if (ts.isBinaryExpression(node) && node.left.expression?.kind === Kind.ThisKeyword
    && ts.isIdentifier(node.left.name)) yield node.left.name.text;
  if (ts.isCallExpression(node) && node.expression.getText() === 'Object.assign'
    && node.arguments[0].kind === Kind.ThisKeyword) {
    for (const property of node.arguments[1].properties) yield property.name.text;
  }
  const found = [];
  ts.forEachChild(node, (child) => { found.push(...setIn(child)); });
  yield* found;
}

function membersOf(node) {
  const names = new Set();
  for (const member of node.members) {
    if (ts.isConstructorDeclaration(member)) {
      for (const name of setIn(member)) names.add(name);
    } else if (member.name && ts.isIdentifier(member.name)) {
      const isStatic = has(member, Kind.StaticKeyword) ? 'static ' : '';
      names.add(isStatic + member.name.text);
    }
  }
  // What an error has anyway.
  names.delete('name');
  // These only give types to what each EventTarget has.
  names.delete('addEventListener');
  names.delete('removeEventListener');
  return [...names].sort();
}

function exportsOf(file) {
  const found = {};
  const source = ts.createSourceFile(file, readFileSync(file, 'utf-8'), ts.ScriptTarget.Latest, true);
  for (const node of source.statements.filter(isExported)) {
    if (ts.isClassDeclaration(node)) found[node.name.text] = membersOf(node);
    else if (ts.isFunctionDeclaration(node)) found[node.name.text] = [`${node.parameters.length}`];
    else if (ts.isVariableStatement(node)) {
      for (const {name} of node.declarationList.declarations) found[name.text] = [];
    }
  }
  return found;
}

process.stdout.write(JSON.stringify(Object.fromEntries(files.map((file) => [file, exportsOf(file)]))));
