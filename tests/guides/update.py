"""What each generated part of a guide has to be: output of commands, copies of files, the table."""

import tempfile

import guide as guides
from chain import Chain
from close_table import table_for_apps, table_for_clients
from scenario import Scenario, carry_out

MADE_FROM = {
    "the close reasons": table_for_clients,
    "the ends as apps see them": table_for_apps,
}


async def wanted_text(test, path):
    """The guide at `path`, as it has to be. Starts its chain where a block asks for that."""
    text = path.read_text()
    outputs = {}
    with tempfile.TemporaryDirectory(prefix="pulsegate-guide.") as root:
        scenario = Scenario(root)

        def run(block):
            if not block.name:
                outputs[block.line] = scenario.console(block)

        carry_out(text, scenario, run)
    live = [block for block in guides.blocks_of(text) if block[1:3] == ("console", "live")]
    if live:
        chain = Chain(test, text)
        await chain.start()
        outputs |= {block.line: chain.scenario.console(block) for block in live}

    def block_text(block):
        copied = guides.GUIDES / block.name
        if block.is_file and not block.name.startswith("/") and copied.is_file():
            return copied.read_text()
        return outputs.get(block.line)

    text = guides.with_texts(text, block_text)
    return guides.with_made(text, lambda what: MADE_FROM[what]())
