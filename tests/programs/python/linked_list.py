class ListNode:
    def __init__(self, val=0, next=None):
        self.val, self.next = val, next

    def __iter__(self):
        node = self
        while node:
            yield node.val
            node = node.next

    def __str__(self):
        return " -> ".join(map(str, self)) + " -> None"


def build(values):
    head = None
    for v in reversed(values):
        head = ListNode(v, head)
    return head


def reverse(head):
    prev = None
    while head:
        head.next, prev, head = prev, head, head.next
    return prev


def merge(a, b):
    dummy = tail = ListNode()
    while a and b:
        if a.val <= b.val:
            tail.next, a = a, a.next
        else:
            tail.next, b = b, b.next
        tail = tail.next
    tail.next = a or b
    return dummy.next


print(build([1, 2, 3]), reverse(build([1, 2, 3])), merge(build([1, 4]), build([2, 3, 9])))
print(sum(build(range(500))), reverse(None))
