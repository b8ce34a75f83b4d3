class Node:
    def __init__(self, value):
        self.value = value
        self.next = None


head = Node(1)
head.next = Node(2)
node = head
while True:
    print(node.value)
    node = node.next
