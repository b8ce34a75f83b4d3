def read_matrix():
    rows = []
    while True:
        row = input().strip()
        rows.append([int(v) for v in row.split()])
        print(rows[-1])


read_matrix()
