"""What the registry's gate cannot know: python3 -m unittest"""

import unittest

import judge


class JudgeTest(unittest.TestCase):
    def test_a_word_is_found_whatever_its_case_and_only_as_a_word(self):
        self.assertEqual(judge.judge("Oh DAMN.", judge.WORDS), ("violated", 0.0, "says 'damn'"))
        self.assertEqual(judge.judge("Amsterdam, nmad.", judge.WORDS)[0], "satisfied")

    def test_a_task_may_bring_words_of_its_own(self):
        self.assertEqual(judge.judge("fudge (sweet)", ["fudge"])[0], "violated")
        self.assertEqual(judge.judge("a.b", ["a+b"])[0], "satisfied")

    def test_all_mistakes_of_a_request_are_told_at_once(self):
        request = {
            "requestId": "",
            "deadlineMs": True,
            "judge": {"name": "another", "version": "1.0.0", "parameters": {"words": ["x", " "], "word": 1}},
            "items": [{"itemId": "a", "completion": {"text": "x"}}, {"itemId": "a"}],
        }
        self.assertEqual(
            [pointer for pointer, _ in judge.mistakes(request)],
            [
                "/requestId",
                "/deadlineMs",
                "/judge/name",
                "/judge/parameters/word",
                "/judge/parameters/words/1",
                "/items/1/itemId",
                "/items/1/completion/text",
            ],
        )

    def test_what_comes_after_the_deadline_is_undecided(self):
        late = judge.result({"itemId": "a", "completion": {"text": "damn"}}, judge.WORDS, 0)
        self.assertEqual((late["verdict"], late["error"]["code"]), ("undecided", "timeout"))
        self.assertNotIn("score", late)


if __name__ == "__main__":
    unittest.main()
