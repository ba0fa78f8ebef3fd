package dev.tribunal.judge.openai;

import dev.tribunal.servicekit.outbound.CallFailure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What {@code /tokenize} answers, in each server's form. */
final class Pieces {

    private Pieces() {}

    /** @throws CallFailure if the answer has none of the forms */
    static List<String> of(JsonNode answer) throws CallFailure {
        // text-generation-inference answers a bare list
        JsonNode tokens = answer.isArray() ? answer : answer.path("tokens");
        if (!tokens.isArray()) {
            throw CallFailure.lasting("malformed_answer", "/tokenize answered without a list of tokens");
        }
        List<String> pieces = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            pieces.add(piece(tokens.path(i), answer.path("token_strs").path(i)));
        }
        return List.copyOf(pieces);
    }

    private static String piece(JsonNode token, JsonNode text) {
        if (text.isString()) {
            return text.asString(); // vLLM
        }
        if (token.path("text").isString()) {
            return token.path("text").asString(); // text-generation-inference
        }
        JsonNode piece = token.path("piece"); // llama.cpp: bytes where they are not a text by themselves
        if (piece.isArray()) {
            byte[] bytes = new byte[piece.size()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) piece.path(i).asInt();
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
        return piece.isString() ? piece.asString() : "#" + token.asString();
    }
}
