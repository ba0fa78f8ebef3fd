package dev.tribunal.judge.registry;

import dev.tribunal.contracts.judge.v1.JudgeResource.State;
import dev.tribunal.servicekit.input.Words;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;

/** A state as the API writes it. */
@Converter
final class StateWord implements AttributeConverter<State, String> {

    @Override
    public String convertToDatabaseColumn(State state) {
        return Words.of(state);
    }

    @Override
    public State convertToEntityAttribute(String word) {
        return Words.constant(State.class, word);
    }
}
