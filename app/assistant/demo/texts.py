"""What the demo says. Plain Markdown; nothing here decides when it is said."""

INTRODUCTION = """\
**I am the demo model**: a small script, not an AI. Everything around me is real, though. This answer \
was streamed to your browser word by word, it is stored in your own Postgres, and it will still be here \
after a reload.

To talk to a real model, stop the server and start it again with one of these:

```sh
export OPENAI_API_KEY=sk-...                       # OpenAI, with the built-in assistant
export OPENAI_BASE_URL=http://localhost:11434/v1   # any server with OpenAI's API,
export CHATKIT_MODEL=llama3.2                      #   and the model it has
export CHATKIT_AGENT=my_agent.py:agent             # your own Agents SDK agent
```"""

SUGGESTION = (
    "Until then, try `/think`, `/weather Riga`, or `/long` and press Stop. `/help` lists all I can show."
)

HELLO = "Hello, and welcome!"

HELLO_AGAIN = "Hello again! `/help` lists what I can show."

HELP = """\
Each of these shows something that a real model would do as well:

| Write | and see |
|---|---|
| `/think` | reasoning, shown while it happens and folded away afterwards |
| `/weather Riga` | a tool call (a real tool, with invented weather) |
| `/time Tokyo` | another tool, with the real time |
| `/window` | a tool of the page itself, which tells how large its window is |
| `/order` | questions to you, which you answer in a form |
| `/approve` | a tool that runs only once you allow it |
| `/models` | which model answers; choose one, or a tool, in the composer |
| `/mention` | what the server tells me of what you mention with `@` |
| `/lock` | a conversation that takes no more messages |
| `/widget` | a widget: text that streams, a button, a form; click in it |
| `/upload` | what becomes of a file that you send along |
| `/search cats` | a web search with its sources (an invented one) |
| `/cite` | an answer that cites pages and files |
| `/image` | a picture that is drawn while you watch |
| `/table` | a table |
| `/code` | a code block |
| `/list` | lists, one inside the other |
| `/links` | links and emphasis |
| `/long` | a long answer: press Stop half-way, then reload the page |
| `/memory` | what I remember of this conversation |
| `/error` | an answer that breaks off, and the way to try again |
| `/refuse` | a refusal |

Plain words do, too: *What is the weather in Paris?*"""

THOUGHTS = (
    """\
**Reading the question**

The user would like to see reasoning. A real model would weigh here what is being asked, what it knows, and \
what it has to look up.""",
    """\
**Choosing a way**

There are two ways to show a thought: to describe it, or to have it. The second one is more honest, and also \
the only one that streams.""",
    """\
**Checking the result**

The thoughts come first, one after the other, and fold away when the answer begins. That is what the user \
will see now.""",
)

THOUGHT = """\
That was a reasoning workflow: three thoughts, streamed as they came, and closed with the time they \
took. Open it above to read them again.

Your own agent shows its reasoning in the same way. With OpenAI's reasoning models it takes one setting:

```python
from agents import Agent, ModelSettings
from openai.types.shared import Reasoning

agent = Agent(
    name="Thinker",
    model_settings=ModelSettings(reasoning=Reasoning(effort="low", summary="auto")),
)
```"""

IMAGE = """\
This picture was drawn on this machine, and came in three steps, as images of a real model do. Its bytes are \
a file of this server, not a part of the conversation; the address you see it by is signed, good for an hour \
or two, and made anew whenever the conversation is opened."""

TABLE = """\
Here is a table: where each part of a conversation is kept.

| What | Table | Kept until |
|---|---|---|
| Threads, with title and status | `threads` | you delete the thread |
| Messages, as you saw them | `thread_items` | with their thread |
| What the model remembers | `transcript_items` | with their thread |
| Each answer, and how it ended | `turns` | with their thread |
| Thumbs up and down | `feedback` | with their message |

All of it is in one PostgreSQL database, in the schema `chatkit`."""

CODE = """\
This file is a complete agent with a tool of its own:

```python
from agents import Agent, function_tool


@function_tool
def order_status(order_number: str) -> str:
    \"\"\"Look up an order.\"\"\"
    return f"Order {order_number} left the warehouse this morning."


agent = Agent(
    name="Shop assistant",
    instructions="Help customers with their orders. Be brief and friendly.",
    tools=[order_status],
)
```

Save it as `my_agent.py` and start the server with `CHATKIT_AGENT=my_agent.py:agent`."""

LIST = """\
What happens to a message, in order:

1. **It is checked.** Who is asking, is the thread theirs, does anything else run there?
2. **It is stored**, together with the record of the turn, in one transaction.
3. **The agent runs**, apart from the request that asked for it:
   - its words are streamed as they come,
   - its tools are shown while they run,
   - its reasoning is folded away when it is done.
4. **The end is stored**, whatever it was:
   - a complete answer,
   - the words up to Stop,
   - or a sentence about what went wrong."""

LINKS = """\
Some places to go on from here:

- [The Agents SDK](https://openai.github.io/openai-agents-python/), in which you write your agent
- [ChatKit for JavaScript](https://openai.github.io/chatkit-js/), the widget for your own page
- [PostgreSQL](https://www.postgresql.org/docs/), where your threads are

Text can be **strong**, *emphasised*, ~~struck out~~ or `code`.

> A quotation looks like this. Select some text of an answer to quote it in your next message."""

LONG = """\
This is a long answer, so that you can press **Stop** in the middle of it. Do: what you have read so far \
will stay, and after a reload it will still be there.

## How an answer travels

Once upon a time an answer lived inside the HTTP response that carried it. It was born when the request \
came in, and it died when the connection closed, whichever came first: the end of the answer, or the end \
of the train tunnel. Whoever lost the connection lost the answer. Sometimes the model went on talking \
all the same, to nobody, and somebody paid for it.

Here an answer has a life of its own. When you send a message, the server checks it, stores it, and \
starts a task that belongs to no request. That task runs the agent. Every word the agent says goes into \
a log, and the response that your browser holds open does nothing but read that log to you.

### What follows from that

If your browser goes away, the log does not. If you press Stop, the task is told to stop, the model is \
really interrupted, its tools as well, and the words so far are stored as they stand. The model is told \
in the next turn that it was cut short, so that you can simply write *go on*.

If the model fails half-way, because its provider is down or a tool raises an error, you keep the half \
you have seen, together with a sentence about what happened. The thread stays usable. Nothing is shown \
to you that is not also stored, and nothing is stored that you were not shown.

### And the database?

It is asked as little as possible. One transaction when the turn begins, one when it ends, and none that \
waits for a model. A thousand conversations can think at the same time without holding a single \
connection.

Order never comes from a clock. Each thread counts its items itself, so two messages can never change \
places, not even when two servers disagree about the time.

### The moral

A conversation is a record, and a record should not depend on a cable. If you have read this far without \
pressing Stop: thank you. Reload the page now, and see that all of this is still here."""

REMEMBER_NOTHING = "This is the first thing you have said to me, so there is nothing to remember yet."

REMEMBER = """\
I remember all of this conversation. You said, in this order:

{lines}

I keep none of it myself. Before each answer the server reads the conversation from Postgres and hands \
it to me, tool calls and their results included."""

WEATHER = "In {city}: **{result}**. The tool was real, the weather is invented."

TIME = "In {city} it is **{result}**."

WINDOW = """\
Your window is **{width} × {height}** pixels. I did not know that: the page you are looking at has told me. \
The answer stopped, the page ran a tool of its own, and I went on with what it gave."""

NO_WINDOW = "I asked the page for the size of its window, and it has no such tool. One that does can tell me."

APPROVED = """\
You have allowed it, so the tool ran: **{result}**. Until then it had not, and my run was stored in \
Postgres: it would have waited for days, restarts included. (There was no such order, of course.)"""

REFUSED = """\
You have not allowed it, so the tool did not run, and I was told. The order, if there were one, would still \
be on its way."""

NO_APPROVAL = "I was given no tool that needs your approval."
NEWS = "Today's special is fresh from the oven, which is as invented as everything on it."

WIDGET = """\
This card is a widget, made from a `.widget` file by a tool. *Like* is an action that is answered at once, \
also while I am talking; *Order* is one that I answer. Both are stored: reload the page."""

NO_WIDGET = "I was given no tool to show a widget with."

ORDERED = "The user has ordered a pizza of the size {size}."

HAPPENED = "I was told, by the server and not by you: *{note}* The card above has changed as well."

NO_ORDER = "I was given no tool to ask you with."

FILES = """\
You sent:

{lines}

The types are what the server found in the bytes, whatever the names say. A real model would now be shown \
the images, read the texts, and be handed the documents."""

NO_FILES = "Send a file along with your message, and I tell you what the server made of it."

ANSWERS = """\
Noted:

{lines}

The answer stopped for your choice, whatever becomes of this server meanwhile, and went on with it. (No \
pizza will come.)"""

REFUSAL = "I am sorry, but I cannot help with that. (You asked for a refusal, and this is how one looks.)"

BROKEN = "This answer is going to break off in the middle of a"

ECHO = (
    "You wrote: *{question}*. A real model would answer that; I only show what the server does with answers."
)

ECHO_EARLIER = (
    "Before that it was: *{earlier}*. I know because the server told me again; it keeps the conversation."
)

MORE = (
    "Have you tried `/think` yet?",
    "Ask me for a table, for code, or for the weather in a city of your choice.",
    "`/long` is a good one for the Stop button.",
    "`/help` lists what I can show.",
)
