"""Students and grader: which course, where its exchange is, and our safer classes for it."""

c = get_config()  # noqa: F821  (nbgrader defines it)

c.CourseDirectory.course_id = "nlp-llm"
c.Exchange.root = "/srv/nbgrader/exchange"
c.ExchangeFactory.list = "nbjudge.exchange.List"
c.ExchangeFactory.fetch_assignment = "nbjudge.exchange.FetchAssignment"
c.ExchangeFactory.fetch_feedback = "nbjudge.exchange.FetchFeedback"
c.ExchangeFactory.submit = "nbjudge.exchange.Submit"
c.ExchangeFactory.collect = "nbjudge.exchange.Collect"
c.ExchangeFactory.release_assignment = "nbjudge.exchange.ReleaseAssignment"
c.ExchangeFactory.release_feedback = "nbjudge.exchange.ReleaseFeedback"
