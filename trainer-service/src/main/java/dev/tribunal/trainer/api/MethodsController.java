package dev.tribunal.trainer.api;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.method.MethodResource;
import dev.tribunal.contracts.runs.v1.method.MethodTrialResource;
import dev.tribunal.contracts.runs.v1.method.MethodsApi;
import dev.tribunal.servicekit.input.InputTree;
import dev.tribunal.trainer.method.MethodList;
import dev.tribunal.trainer.method.MethodTrials;
import org.springframework.web.bind.annotation.RestController;

/** The methods API. */
@RestController
class MethodsController implements MethodsApi {

    @Override
    public Page<MethodResource> list() {
        return Page.of(MethodList.all());
    }

    @Override
    public MethodTrialResource tryOut(String name, String trial, String contentType) {
        return MethodTrials.run(name, InputTree.parse(trial, contentType));
    }
}
