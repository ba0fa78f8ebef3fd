package dev.tribunal.judge.llm;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.judge.v1.registry.JudgeTemplateApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeTemplateResource;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/judge-templates} */
@RestController
class JudgeTemplateController implements JudgeTemplateApi {

    @Override
    public Page<JudgeTemplateResource> templates() {
        return Page.of(JudgeTemplate.all().stream()
                .map(template -> new JudgeTemplateResource(
                        template.name(),
                        template.version(),
                        template.question(),
                        template.satisfiedToken(),
                        template.violatedToken()))
                .toList());
    }
}
