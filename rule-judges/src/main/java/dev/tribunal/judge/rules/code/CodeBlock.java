package dev.tribunal.judge.rules.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the program in a completion: the last fenced block in the language that defines something, so that an example
 * of its use below it does not count; else the last block in the language; else the last that names none. A block that
 * the completion was cut off in, or never closed, reaches to the end.
 */
final class CodeBlock {

    private static final Pattern FENCE =
            Pattern.compile("(?ms)^(?<indent>[ \\t]*)(?<fence>`{3,}|~{3,})[ \\t]*(?<tag>[^\\s`]*)[^\\n`]*\\n"
                    + "(?<code>.*?)(?:^[ \\t]*\\k<fence>[`~]*[ \\t]*$|\\z)");

    private CodeBlock() {}

    static @Nullable String find(String completion, Language language) {
        List<String> tagged = new ArrayList<>();
        List<String> untagged = new ArrayList<>();
        Matcher block = FENCE.matcher(completion.replace("\r\n", "\n"));
        while (block.find()) {
            String tag = block.group("tag").toLowerCase(Locale.ROOT).replaceAll("[{}.]", "");
            String code = withoutIndent(block.group("code"), block.group("indent"));
            if (language.isCalled(tag)) {
                tagged.add(code);
            } else if (tag.isEmpty()) {
                untagged.add(code);
            }
        }
        return last(tagged.isEmpty() ? untagged : tagged, language);
    }

    private static @Nullable String last(List<String> blocks, Language language) {
        for (String block : blocks.reversed()) {
            if (language.defines(block)) {
                return block;
            }
        }
        return blocks.isEmpty() ? null : blocks.getLast();
    }

    /** A block in a list is indented with its fence. */
    private static String withoutIndent(String code, String indent) {
        return indent.isEmpty()
                ? code
                : Pattern.compile("(?m)^" + Pattern.quote(indent)).matcher(code).replaceAll("");
    }
}
