class Node:
    def __init__(self, value, next=None):
        self.value, self.next = value, next


head = None
for value in range(5000):
    head = Node(value, head)
print(head.value)
head = None
print("freed")
