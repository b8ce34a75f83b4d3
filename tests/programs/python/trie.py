class Trie:
    def __init__(self):
        self.children = {}
        self.end = False

    def insert(self, word):
        node = self
        for ch in word:
            node = node.children.setdefault(ch, Trie())
        node.end = True

    def words(self, prefix=""):
        if self.end:
            yield prefix
        for ch in sorted(self.children):
            yield from self.children[ch].words(prefix + ch)


t = Trie()
for w in "tea ten to inn in i A größe".split():
    t.insert(w)
print(*t.words(), sep=", ")
print(max(t.words(), key=len), sum(1 for _ in t.words()))
