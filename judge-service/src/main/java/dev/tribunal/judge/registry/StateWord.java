package dev.tribunal.judge.registry;

import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import dev.tribunal.servicekit.input.Words;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import org.jspecify.annotations.Nullable;

/** A state as the API writes it. */
@Converter
final class StateWord implements AttributeConverter<State, String> {

    @Override
    public @Nullable String convertToDatabaseColumn(@Nullable State state) {
        return state == null ? null : Words.of(state);
    }

    @Override
    public @Nullable State convertToEntityAttribute(@Nullable String word) {
        return word == null ? null : Words.constant(State.class, word);
    }
}
