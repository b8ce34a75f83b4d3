from typing import List, Optional


class Solution:
    def twoSum(self, nums: List[int], target: int) -> Optional[List[int]]:
        seen = {}
        for i, n in enumerate(nums):
            if target - n in seen:
                return [seen[target - n], i]
            seen[n] = i
        return None


s = Solution()
print(s.twoSum([2, 7, 11, 15], 9), s.twoSum([3, 3], 6), s.twoSum([1], 5))
assert s.twoSum([3, 2, 4], 6) == [1, 2], "wrong"
print("all passed")
