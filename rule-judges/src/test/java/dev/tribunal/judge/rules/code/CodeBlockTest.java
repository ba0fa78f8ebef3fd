package dev.tribunal.judge.rules.code;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CodeBlockTest {

    @Test
    void aBlockIsTakenOutOfItsFence() {
        assertThat(CodeBlock.find("Sure!\n```python\ndef f():\n    return 1\n```\nDone.", Language.PYTHON))
                .isEqualTo("def f():\n    return 1\n");
        assertThat(CodeBlock.find("~~~Java\nclass A {}\n~~~", Language.JAVA)).isEqualTo("class A {}\n");
        assertThat(CodeBlock.find("```py\r\nx = 1\r\n```", Language.PYTHON)).isEqualTo("x = 1\n");
    }

    @Test
    void withoutAFenceThereIsNone() {
        assertThat(CodeBlock.find("def f(): return 1", Language.PYTHON)).isNull();
        assertThat(CodeBlock.find("Use `f()`.", Language.PYTHON)).isNull();
        assertThat(CodeBlock.find("```bash\nls\n```", Language.PYTHON)).isNull();
    }

    @Test
    void theLastBlockThatDefinesSomethingCounts() {
        String drafts = "```python\ndef f(): return 1\n```\nBetter:\n```python\ndef f(): return 2\n```\n";
        assertThat(CodeBlock.find(drafts, Language.PYTHON)).isEqualTo("def f(): return 2\n");
        assertThat(CodeBlock.find(drafts + "Use:\n```python\nprint(f())\n```\n", Language.PYTHON))
                .isEqualTo("def f(): return 2\n");
        assertThat(CodeBlock.find("```python\nx = 1\n```\n```\nx = 2\n```", Language.PYTHON))
                .isEqualTo("x = 1\n");
        assertThat(CodeBlock.find("```\nx = 1\n```\n```text\n1\n```", Language.PYTHON))
                .isEqualTo("x = 1\n");
    }

    @Test
    void aBlockThatIsNotClosedReachesToTheEnd() {
        assertThat(CodeBlock.find("```python\ndef f():\n    return 1", Language.PYTHON))
                .isEqualTo("def f():\n    return 1");
    }

    @Test
    void aBlockInAListLosesTheListsIndent() {
        assertThat(CodeBlock.find("1. So:\n   ```python\n   def f():\n       return 1\n   ```\n", Language.PYTHON))
                .isEqualTo("def f():\n    return 1\n");
    }
}
