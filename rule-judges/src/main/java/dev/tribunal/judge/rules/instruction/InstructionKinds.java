package dev.tribunal.judge.rules.instruction;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** IFEval's 25 kinds of instruction by their ids. */
final class InstructionKinds {

    private static final Map<String, InstructionKind> BY_ID = Map.ofEntries(
            Map.entry("keywords:existence", InstructionKind.of(Keywords::existence, "keywords")),
            Map.entry(
                    "keywords:frequency", InstructionKind.of(Keywords::frequency, "keyword", "frequency", "relation")),
            Map.entry("keywords:forbidden_words", InstructionKind.of(Keywords::forbiddenWords, "forbidden_words")),
            Map.entry(
                    "keywords:letter_frequency",
                    InstructionKind.of(Keywords::letterFrequency, "letter", "let_frequency", "let_relation")),
            Map.entry("language:response_language", InstructionKind.of(Language::responseLanguage, "language")),
            Map.entry(
                    "length_constraints:number_sentences",
                    InstructionKind.of(Length::numberSentences, "num_sentences", "relation")),
            Map.entry(
                    "length_constraints:number_paragraphs",
                    InstructionKind.of(Length::numberParagraphs, "num_paragraphs")),
            Map.entry(
                    "length_constraints:number_words",
                    InstructionKind.of(Length::numberWords, "num_words", "relation")),
            Map.entry(
                    "length_constraints:nth_paragraph_first_word",
                    InstructionKind.of(Length::nthParagraphFirstWord, "num_paragraphs", "nth_paragraph", "first_word")),
            Map.entry(
                    "detectable_content:number_placeholders",
                    InstructionKind.of(Content::numberPlaceholders, "num_placeholders")),
            Map.entry("detectable_content:postscript", InstructionKind.of(Content::postscript, "postscript_marker")),
            Map.entry(
                    "detectable_format:number_bullet_lists",
                    InstructionKind.of(Format::numberBulletLists, "num_bullets")),
            Map.entry("detectable_format:constrained_response", InstructionKind.of(Format::constrainedResponse)),
            Map.entry(
                    "detectable_format:number_highlighted_sections",
                    InstructionKind.of(Format::numberHighlightedSections, "num_highlights")),
            Map.entry(
                    "detectable_format:multiple_sections",
                    InstructionKind.of(Format::multipleSections, "section_spliter", "num_sections")),
            Map.entry("detectable_format:json_format", InstructionKind.of(Format::jsonFormat)),
            Map.entry("detectable_format:title", InstructionKind.of(Format::title)),
            Map.entry("combination:two_responses", InstructionKind.of(Combination::twoResponses)),
            Map.entry("combination:repeat_prompt", InstructionKind.of(Combination::repeatPrompt, "prompt_to_repeat")),
            Map.entry("startend:end_checker", InstructionKind.of(StartEnd::endChecker, "end_phrase")),
            Map.entry("startend:quotation", InstructionKind.of(StartEnd::quotation)),
            Map.entry(
                    "change_case:capital_word_frequency",
                    InstructionKind.of(LetterCase::capitalWordFrequency, "capital_frequency", "capital_relation")),
            Map.entry("change_case:english_capital", InstructionKind.of(LetterCase::englishCapital)),
            Map.entry("change_case:english_lowercase", InstructionKind.of(LetterCase::englishLowercase)),
            Map.entry(
                    "punctuation:no_comma",
                    InstructionKind.of((response, arguments) -> !response.text().contains(","))));

    private InstructionKinds() {}

    static @Nullable InstructionKind find(String id) {
        return BY_ID.get(id);
    }

    /** The ids that begin as an unknown one does, up to its colon; all, if none does. */
    static List<String> like(String unknown) {
        String group = unknown.substring(0, unknown.indexOf(':') + 1);
        List<String> alike = BY_ID.keySet().stream()
                .filter(id -> !group.isEmpty() && id.startsWith(group))
                .sorted()
                .toList();
        return alike.isEmpty() ? BY_ID.keySet().stream().sorted().toList() : alike;
    }
}
