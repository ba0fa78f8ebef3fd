package dev.tribunal.languagemodel.tokenizer;

import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.checkpoint.Companions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is wanted of {@code tokenizer.json}, which has many megabytes, read without holding it as a tree.
 *
 * @param vocabularySize one more than the largest id, whether of the model or an added token
 * @param specialTokens spelled as in a text
 */
record TokenizerFile(int vocabularySize, List<String> specialTokens) {

    /** Hundreds of thousands of names, each of them once: no table of names pays. */
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .build())
            .build();

    /** @throws CheckpointException if it is not JSON */
    static TokenizerFile read(byte[] content) {
        Reading reading = new Reading();
        try (JsonParser parser = JSON.createParser(content)) {
            reading.file(parser);
        } catch (JacksonException notJson) {
            throw new CheckpointException(
                    Path.of(Companions.TOKENIZER),
                    Companions.TOKENIZER + " is not JSON: " + notJson.getOriginalMessage(),
                    notJson);
        }
        return new TokenizerFile(reading.largestId + 1, List.copyOf(reading.specialTokens));
    }

    private static final class Reading {

        private final List<String> specialTokens = new ArrayList<>();
        private int largestId = -1;

        void file(JsonParser parser) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return;
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (field.equals("model") && value == JsonToken.START_OBJECT) {
                    model(parser);
                } else if (field.equals("added_tokens") && value == JsonToken.START_ARRAY) {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        addedToken(parser.readValueAsTree());
                    }
                } else {
                    parser.skipChildren();
                }
            }
        }

        private void model(JsonParser parser) {
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean vocabulary = parser.currentName().equals("vocab");
                JsonToken value = parser.nextToken();
                if (vocabulary && value == JsonToken.START_OBJECT) {
                    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                        if (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                            largestId = Math.max(largestId, parser.getIntValue());
                        }
                        parser.skipChildren();
                    }
                } else if (vocabulary && value == JsonToken.START_ARRAY) {
                    int entries = 0;
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        parser.skipChildren();
                        entries++;
                    }
                    largestId = Math.max(largestId, entries - 1);
                } else {
                    parser.skipChildren();
                }
            }
        }

        private void addedToken(JsonNode token) {
            largestId = Math.max(largestId, token.path("id").asInt(-1));
            String content = token.path("content").asString("");
            if (token.path("special").asBoolean(false) && !content.isEmpty()) {
                specialTokens.add(content);
            }
        }
    }
}
