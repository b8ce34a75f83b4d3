class ListNode { constructor(val, next = null) { this.val = val; this.next = next; } }
const list = [1, 2, 3, 4, 5].reduceRight((next, val) => new ListNode(val, next), null);
console.log(list);
const reverse = (node, prev = null) => (node ? reverse(node.next, new ListNode(node.val, prev)) : prev);
console.log(JSON.stringify(reverse(list)));
class TreeNode { left = null; right = null; constructor(v) { this.v = v; } }
const insert = (t, v) => { if (!t) return new TreeNode(v); v < t.v ? (t.left = insert(t.left, v)) : (t.right = insert(t.right, v)); return t; };
const root = [5, 2, 8, 1, 3].reduce(insert, null);
console.log(root);
const inorder = t => (t ? [...inorder(t.left), t.v, ...inorder(t.right)] : []);
console.log(inorder(root), root.left.left.left.v);
