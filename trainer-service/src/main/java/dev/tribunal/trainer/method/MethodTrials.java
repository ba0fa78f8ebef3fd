package dev.tribunal.trainer.method;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.method.MethodTrialRequest;
import dev.tribunal.contracts.runs.v1.method.MethodTrialResource;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.MethodCatalogue;
import dev.tribunal.servicekit.error.Suggestion;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.trainer.TrainerError;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Tries a method on groups that a person wrote. */
public final class MethodTrials {

    private static final String METHOD = "/method";
    private static final String TYPE = METHOD + "/" + MethodList.TYPE;
    private static final JsonMapper JSON = new JsonMapper();

    private MethodTrials() {}

    /**
     * @param written a {@link MethodTrialRequest}
     * @throws TribunalException if there is no such method, or with all mistakes of what is written
     */
    public static MethodTrialResource run(String name, JsonNode written) {
        Set<String> known = MethodCatalogue.methods().keySet();
        if (!known.contains(name)) {
            throw new TribunalException(
                    TrainerError.METHOD_NOT_FOUND,
                    "There is no method '" + name + "'" + Suggestion.of(name, List.copyOf(known)) + ".");
        }
        Input<MethodTrialRequest> request = InputReader.read(MethodTrialRequest.class, written);
        Input<Method> method = method(name, written);
        List<FieldError> mistakes = new ArrayList<>(method.mistakes());
        mistakes.addAll(
                method.value() == null
                                || request.value() == null
                                || !method.mistakes().isEmpty()
                        ? request.mistakes()
                        : request.mistakesAnd(TrialNeeds.lacks(method.value(), request)));
        refuse(name, mistakes);
        RatedTrial trial = new RatedTrial(method.required(), request.required());
        refuse(name, trial.mistakes());
        return trial.result();
    }

    /** Its pointers are the request's. */
    private static Input<Method> method(String name, JsonNode written) {
        ObjectNode hyperparameters = JSON.createObjectNode();
        List<FieldError> mistakes = new ArrayList<>();
        if (written.path("method") instanceof ObjectNode given) {
            hyperparameters.setAll(given);
            JsonNode type = given.path(MethodList.TYPE);
            if (!type.isMissingNode() && !name.equals(type.asString(""))) {
                mistakes.add(new FieldError(TYPE, "must be '" + name + "', the method that is tried, or be left out"));
            }
        }
        Input<Method> read = InputReader.read(Method.class, hyperparameters.put(MethodList.TYPE, name));
        read.mistakes().forEach(one -> mistakes.add(new FieldError(METHOD + one.pointer(), one.detail())));
        return new Input<>(read.value(), mistakes);
    }

    private static void refuse(String name, List<FieldError> mistakes) {
        if (!mistakes.isEmpty()) {
            throw new TribunalException(
                    TrainerError.INVALID_TRIAL,
                    "The trial of " + name + " has " + mistakes.size()
                            + (mistakes.size() == 1 ? " mistake." : " mistakes."),
                    mistakes);
        }
    }
}
