package dev.tribunal.judge.rules.instruction;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** IFEval's 25 kinds of instruction by their ids. */
final class InstructionKinds {

    private static final Map<String, InstructionKind> BY_ID = Map.ofEntries(
            Map.entry("keywords:existence", Keywords::existence),
            Map.entry("keywords:frequency", Keywords::frequency),
            Map.entry("keywords:forbidden_words", Keywords::forbiddenWords),
            Map.entry("keywords:letter_frequency", Keywords::letterFrequency),
            Map.entry("language:response_language", Language::responseLanguage),
            Map.entry("length_constraints:number_sentences", Length::numberSentences),
            Map.entry("length_constraints:number_paragraphs", Length::numberParagraphs),
            Map.entry("length_constraints:number_words", Length::numberWords),
            Map.entry("length_constraints:nth_paragraph_first_word", Length::nthParagraphFirstWord),
            Map.entry("detectable_content:number_placeholders", Content::numberPlaceholders),
            Map.entry("detectable_content:postscript", Content::postscript),
            Map.entry("detectable_format:number_bullet_lists", Format::numberBulletLists),
            Map.entry("detectable_format:constrained_response", Format::constrainedResponse),
            Map.entry("detectable_format:number_highlighted_sections", Format::numberHighlightedSections),
            Map.entry("detectable_format:multiple_sections", Format::multipleSections),
            Map.entry("detectable_format:json_format", Format::jsonFormat),
            Map.entry("detectable_format:title", Format::title),
            Map.entry("combination:two_responses", Combination::twoResponses),
            Map.entry("combination:repeat_prompt", Combination::repeatPrompt),
            Map.entry("startend:end_checker", StartEnd::endChecker),
            Map.entry("startend:quotation", StartEnd::quotation),
            Map.entry("change_case:capital_word_frequency", LetterCase::capitalWordFrequency),
            Map.entry("change_case:english_capital", LetterCase::englishCapital),
            Map.entry("change_case:english_lowercase", LetterCase::englishLowercase),
            Map.entry(
                    "punctuation:no_comma",
                    (response, arguments) -> !response.text().contains(",")));

    private InstructionKinds() {}

    static @Nullable InstructionKind find(String id) {
        return BY_ID.get(id);
    }
}
